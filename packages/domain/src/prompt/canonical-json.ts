/** Takes a text piece by piece: long prompts are hashed without ever being one string. */
export type Write = (piece: string) => void

/**
 * Writes a JSON value as text that does not depend on the order of keys: they are sorted by code unit, without white
 * space. Arrays keep their order, and strings their characters. The text of the parsed text is the same text.
 */
export function writeCanonicalJson(value: unknown, write: Write): void {
  if (typeof value !== 'object' || value === null) return write(JSON.stringify(value) ?? 'null')
  if (Array.isArray(value)) return writeList(value, write, writeCanonicalJson)
  const fields = value as Readonly<Record<string, unknown>>
  let separator = '{'
  for (const name of Object.keys(fields).toSorted()) {
    const field = fields[name]
    if (field === undefined) continue
    write(`${separator}${JSON.stringify(name)}:`)
    writeCanonicalJson(field, write)
    separator = ','
  }
  write(separator === '{' ? '{}' : '}')
}

/** Writes a list, each of its items in the way that is given. */
export function writeList<T>(items: readonly T[], write: Write, writeItem: (item: T, write: Write) => void): void {
  let separator = '['
  for (const item of items) {
    write(separator)
    writeItem(item, write)
    separator = ','
  }
  write(separator === '[' ? '[]' : ']')
}

/** The same as one text. */
export function canonicalJson(value: unknown): string {
  const pieces: string[] = []
  writeCanonicalJson(value, (piece) => pieces.push(piece))
  return pieces.join('')
}
