import { finding, type Evidence, type Finding } from './evidence.ts'

/** No hard counter ever stood above its limit, nor do the rows of the ledger add up to more (I3). nano-USD. */
export function overspend({ overshoots, counters }: Evidence): Finding {
  return finding('overspend', [
    ...overshoots.map(({ node, used, held, limit }) => `${node}: ${used} used + ${held} held > ${limit}`),
    ...counters
      .filter(({ ledger, limit }) => limit !== null && ledger > limit)
      .map(({ node, ledger, limit }) => `${node}: the ledger has ${ledger} > ${limit}`),
  ])
}

/** What was spent beyond any limit, in nano-USD: the number that is published. */
export function overspentNano({ overshoots, counters }: Evidence): bigint {
  const seen = overshoots.map(({ used, held, limit }) => used + held - limit)
  const left = counters.map(({ ledger, limit }) => (limit === null ? 0n : ledger - limit))
  return [...seen, ...left].reduce((most, each) => (each > most ? each : most), 0n)
}

/** Counters, ledger and roll-ups say the same, and nothing is left on the way (I6, I15). */
export function drift({ counters, rollupDrift, undrained, dead }: Evidence): Finding {
  return finding('drift', [
    ...counters
      .filter(({ used, ledger }) => used !== ledger)
      .map(({ node, used, ledger }) => `${node}: counter ${used}, ledger ${ledger}`),
    ...(rollupDrift > 0 ? [`${rollupDrift} hourly sums differ from their rows`] : []),
    ...(undrained > 0 ? [`${undrained} entries never left the streams`] : []),
    ...(dead > 0 ? [`${dead} entries could not be read`] : []),
  ])
}

/** After calm nothing is held any more (I5 with no open hold). */
export const stillHeld = ({ counters }: Evidence): Finding =>
  finding(
    'still held',
    counters.filter(({ held }) => held !== 0n).map(({ node, held }) => `${node}: ${held} held`),
  )
