import { setTimeout as sleep } from 'node:timers/promises'
import type { LinkChange } from '../link/weather.ts'
import { upAndDown } from '../link/schedule.ts'
import type { Fault } from './fault.ts'
import { onlyRefusedFor, slowestDecision } from './seen.ts'

const weathers: readonly LinkChange[] = [
  { both: { latencyMs: 25 } },
  { both: { latencyMs: 100, jitterMs: 300, sliceBytes: 200 } },
  { both: { latencyMs: 2_500 } },
  { both: { hold: true } },
  // Requests pass and answers do not: what was done is not known.
  { down: { lose: true } },
]

export const redisSlow: Fault = {
  id: 'F15',
  title: 'Redis late by 50 ms, 500 ms and 5 s, silent, half open, and reset again and again',
  load: 'L1',
  async inflict({ plant, load, forMs, healed }) {
    const fromMs = Date.now()
    const links = plant.proxies.map(({ redis }) => redis)
    for (const weather of weathers) {
      for (const link of links) link.set(weather)
      await sleep(Math.max(1_500, 0.12 * forMs))
      for (const link of links) link.calm()
      await sleep(1_000)
    }
    await Promise.all(links.map((link) => upAndDown(link, { downMs: 100, upMs: 200, times: 6 })))
    healed()
    const backMs = Date.now()
    await sleep(0.2 * forMs)
    return [
      onlyRefusedFor(load.history, fromMs, ['budget_store_unavailable', 'overloaded']),
      slowestDecision(load.history, fromMs, backMs),
    ]
  },
}
