/** How long until a provider's limit is whole again: at most `ms`, and more than `ms - precisionMs`. */
export type Reset = { ms: number; precisionMs: number }

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const longestMs = 366 * 86_400_000
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/
const duration = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h|d))+$/

/**
 * Reads when a limit resets, as providers write it: a duration (`20ms`, `8.64s`, `1m26.4s`, `6m0s`, `1h30m`, `2d`) or a
 * moment (`2026-11-27T22:40:00Z`). Undefined for anything else: garbage is not "now".
 */
export function readReset(text: string, nowMs: number): Reset | undefined {
  if (instant.test(text)) {
    const at = Date.parse(text)
    if (Number.isNaN(at) || at - nowMs > longestMs) return undefined
    return { ms: Math.max(0, at - nowMs), precisionMs: 1_000 }
  }
  if (text.length > 64 || !duration.test(text)) return undefined
  let sum = 0
  let precisionMs = longestMs
  let smallest = Number.POSITIVE_INFINITY
  for (const [, whole = '', decimals = '', unit = ''] of text.matchAll(/(\d+)(?:\.(\d+))?(ms|[smhd])/g)) {
    const unitMs = units[unit] ?? 0
    // Largest unit first and each once, as they are written; `5s3h` is no duration.
    if (unitMs >= smallest) return undefined
    smallest = unitMs
    sum += Number(`${whole}.${decimals || '0'}`) * unitMs
    precisionMs = unitMs / 10 ** decimals.length
  }
  const ms = Math.ceil(Math.round(sum * 1_000) / 1_000)
  return ms > longestMs ? undefined : { ms, precisionMs }
}
