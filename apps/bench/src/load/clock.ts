/** Milliseconds since some fixed moment, the same in all threads, with a resolution well below a microsecond. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now()
}
