/**
 * Text as Postgres can keep it: it takes neither NUL nor half a surrogate pair, and clients send both. Each becomes U+FFFD,
 * so that one odd user agent cannot hold up the ledger.
 */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** JSON whose strings are storable. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? storable(part) : part))
