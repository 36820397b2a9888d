import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks `condition` again and again until it gives something truthy, and gives that.
 * A condition that throws is asked again; its last error explains the failure.
 *
 * @param options.within deadline in milliseconds
 * @param options.every pause between two questions in milliseconds, 20 unless told
 * @param options.what completes the sentence "Waited … ms for …"
 * @throws Error when the deadline passes first
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: { within: number; every?: number; what?: string },
): Promise<NonNullable<T>> {
  const deadline = performance.now() + options.within
  let lastError: unknown
  for (;;) {
    try {
      const answer = await condition()
      if (answer) return answer
      lastError = undefined
    } catch (error) {
      lastError = error
    }
    if (performance.now() >= deadline) {
      const what = options.what ?? 'a condition'
      throw new Error(`Waited ${options.within} ms for ${what} in vain.`, { cause: lastError })
    }
    await sleep(options.every ?? 20)
  }
}
