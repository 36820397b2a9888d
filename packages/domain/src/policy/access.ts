/**
 * Whether a model name is on a key's list. `*` stands for any run of characters; the rest is literal and case counts.
 * Linear in the length of both, so that no pattern can be made slow (security.md T-REDOS).
 */
export function allowsModel(allowed: readonly string[] | null, model: string): boolean {
  return allowed === null || allowed.some((pattern) => matches(pattern, model))
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  const first = parts[0] ?? ''
  if (parts.length === 1) return first === text
  const last = parts.at(-1) ?? ''
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let at = first.length
  const end = text.length - last.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
