/** One value of an entry that was set, changed or taken away. Undefined: it was not there. */
export type Change = { path: string; before: string | undefined; after: string | undefined }

/** What differs between two values of an entry, field by field, in the order of their names. */
export function changesOf(before: unknown, after: unknown): Change[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)]
  return [...new Set([...old.keys(), ...now.keys()])]
    .toSorted()
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
    .filter((change) => change.before !== change.after)
}

/** The leaves of a JSON value by their path: `bucket.capacity`. A list is one leaf. */
function fieldsOf(value: unknown): Map<string, string> {
  const fields = new Map<string, string>()
  const walk = (part: unknown, path: string): void => {
    if (part !== null && typeof part === 'object' && !Array.isArray(part)) {
      for (const [name, inner] of Object.entries(part)) walk(inner, path === '' ? name : `${path}.${name}`)
    } else if (part !== null && part !== undefined) {
      fields.set(path, wordOf(part, path))
    }
  }
  walk(value, '')
  return fields
}

function wordOf(part: unknown, path: string): string {
  if (Array.isArray(part)) return part.length === 0 ? 'none' : part.map((each) => wordOf(each, '')).join(', ')
  if (typeof part === 'boolean') return part ? 'yes' : 'no'
  if (typeof part !== 'string') return JSON.stringify(part)
  // Amounts are decimal USD with 9 digits; those that say nothing are left out.
  return path.endsWith('Usd') && /^-?\d+\.\d{9}$/.test(part) ? `$${part.replace(/0{1,7}$/, '')}` : part
}
