const longest = 40

/** A slug such as `acme-labs` from a name; the n-th attempt carries its number. Names without Latin letters give `org`. */
export function slugOf(name: string, attempt: number): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replace(/^-+|-+$/g, '')
  const base = plain === '' ? 'org' : plain
  return attempt === 1 ? base : `${base}-${attempt}`
}
