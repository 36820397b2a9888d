import { setTimeout as sleep } from 'node:timers/promises'
import type { Link } from '../link/link.ts'
import type { Chance } from '../chance.ts'
import type { Fault } from './fault.ts'

const harms: readonly ((link: Link, chance: Chance) => Promise<void>)[] = [
  async (link, chance) => {
    // Gone at some byte of the answer.
    link.set({ down: { closeAfterBytes: chance.whole(1, 6_000) } })
    await sleep(700)
    link.calm()
  },
  async (link) => {
    // Nobody reads.
    link.set({ down: { hold: true } })
    await sleep(1_500)
    link.calm()
  },
  async (link) => {
    link.halfClose('up')
    await sleep(300)
  },
  async (link) => {
    for (let turn = 0; turn < 20; turn += 1) {
      link.reset()
      await sleep(15)
    }
  },
  async (link) => {
    link.set({ both: { sliceBytes: 1, latencyMs: 5 } })
    await sleep(700)
    link.calm()
  },
]

export const clients: Fault = {
  id: 'F33',
  title: 'clients that vanish at any byte, read nothing, close one half, and reset by the dozen',
  load: 'L2',
  async inflict({ plant, load, chance, forMs, healed }) {
    const fromMs = Date.now()
    const untilMs = performance.now() + 0.6 * forMs
    while (performance.now() < untilMs) {
      await chance.pick(harms)(chance.pick(plant.proxies).client, chance)
      await sleep(200)
    }
    healed()
    const gone = load.history.filter((call) => call.endMs >= fromMs && call.outcome === 'unknown')
    return [{ name: 'clients were lost', holds: gone.length > 0, told: `${gone.length} of them` }]
  },
}
