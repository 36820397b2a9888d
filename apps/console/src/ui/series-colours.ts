const slots = 8

/** FNV-1a: stable across processes and releases, so that a team keeps its colour. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    value ^= text.charCodeAt(index)
    value = Math.imul(value, 0x01000193) >>> 0
  }
  return value
}

/** The id under which a chart gathers what has no colour of its own. */
export const otherSeries = 'other'

/**
 * A colour of the palette for each id, fixed by the hash of the id. Two ids that meet on one colour are told apart:
 * the later one in order of id takes the next free colour. Beyond eight colours repeat.
 */
export function seriesColours(ids: readonly string[]): ReadonlyMap<string, string> {
  const colours = new Map<string, string>()
  const taken = new Set<number>()
  for (const id of [...new Set(ids)].filter((each) => each !== otherSeries).toSorted()) {
    let slot = hash(id) % slots
    while (taken.has(slot) && taken.size < slots) slot = (slot + 1) % slots
    taken.add(slot)
    colours.set(id, `var(--chart-${slot + 1})`)
  }
  if (ids.includes(otherSeries)) colours.set(otherSeries, 'var(--chart-other)')
  return colours
}
