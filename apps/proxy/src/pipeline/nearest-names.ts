const longest = 64

/** The up to three names most alike to `name`, by the pairs of characters they share; none when nothing is alike. */
export function nearestNames(name: string, names: readonly string[]): string[] {
  const wanted = pairsOf(name)
  return names
    .map((each) => ({ name: each, likeness: likeness(wanted, pairsOf(each)) }))
    .filter((each) => each.likeness > 0.4)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, 3)
    .map((each) => each.name)
}

function pairsOf(text: string): Set<string> {
  const pairs = new Set<string>()
  const short = text.slice(0, longest).toLowerCase()
  for (let at = 0; at < short.length - 1; at += 1) pairs.add(short.slice(at, at + 2))
  return pairs
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0
  for (const pair of a) if (b.has(pair)) both += 1
  return a.size + b.size === 0 ? 0 : (2 * both) / (a.size + b.size)
}
