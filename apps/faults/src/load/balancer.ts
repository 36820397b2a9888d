import { setInterval } from 'node:timers/promises'
import type { Chance } from '../chance.ts'
import type { ProxySeat } from '../plant/plant.ts'

/** Chooses the proxy for each request as a load balancer does: among those that say they are ready. */
export type Balancer = { next(): number; stop(): void }

/** Asks every proxy for its readiness five times a second. `seats` may grow. */
export function startBalancer(seats: readonly ProxySeat[], chance: Chance): Balancer {
  let ready: number[] = seats.map((_, at) => at)
  const over = new AbortController()
  async function watch(): Promise<void> {
    for await (const _ of setInterval(200, undefined, { signal: over.signal })) {
      const answers = await Promise.all(seats.map(isReady))
      ready = answers.flatMap((yes, at) => (yes ? [at] : []))
    }
  }
  watch().catch(() => {})
  return {
    // Where nobody is ready somebody is asked all the same: a refusal is an answer too.
    next: () => (ready.length > 0 ? chance.pick(ready) : chance.whole(0, seats.length - 1)),
    stop: () => over.abort(),
  }
}

async function isReady({ machine }: ProxySeat): Promise<boolean> {
  try {
    const answer = await fetch(`${machine.url}/readyz`, { signal: AbortSignal.timeout(1_000) })
    await answer.body?.cancel()
    return answer.ok
  } catch {
    return false
  }
}
