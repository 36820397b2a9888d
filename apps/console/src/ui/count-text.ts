const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })
const onePlace = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** "12,345,678". */
export const countText = (count: number): string => whole.format(count)

/** "12.3M", for axes and narrow places. */
export const shortCountText = (count: number): string => short.format(count)

/** Tenths of a percent as "12.3%". */
const tenthsText = (tenths: bigint): string => `${onePlace.format(Number(tenths) / 10)}%`

/** How much `part` is of `whole`; null of nothing. Exact until the last rounding. */
export function shareText(part: bigint, whole: bigint): string | null {
  if (whole === 0n) return null
  const tenths = (part * 1_000n) / whole
  return tenths === 0n && part !== 0n ? '<0.1%' : tenthsText(tenths)
}

/** Change from `before` to `now`: "+12.3%", "−40.0%"; `new` where there was nothing before, null where there is nothing. */
export function changeText(now: bigint, before: bigint): string | null {
  if (before === 0n) return now === 0n ? null : 'new'
  const tenths = ((now - before) * 1_000n) / before
  if (tenths >= 100_000n) return `×${whole.format(now / before)}`
  return `${tenths > 0n ? '+' : tenths < 0n ? '−' : '±'}${tenthsText(tenths < 0n ? -tenths : tenths)}`
}
