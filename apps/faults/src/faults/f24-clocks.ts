import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'

const hourMs = 3_600_000
const shifts = [2 * hourMs, -2 * hourMs, 40 * 24 * hourMs, -40 * 24 * hourMs]

export const clocks: Fault = {
  id: 'F24',
  title: 'proxies whose clocks are off by two hours and by 40 days, both ways',
  load: 'L1',
  async inflict({ plant, load, forMs, healed }) {
    const first = plant.proxies.length
    for (const shift of shifts) {
      await plant.addProxy({}, new URL(`shifted-clock.ts?ms=${shift}`, import.meta.url).href)
    }
    await sleep(0.6 * forMs)
    healed()
    const answered = shifts.map(
      (_, at) => load.history.filter((call) => call.proxy === first + at && call.status === 200).length,
    )
    return [
      {
        name: 'each of them answers in the windows of the store',
        holds: answered.every((count) => count > 0),
        told: `${answered.join(', ')} answers`,
      },
    ]
  },
}
