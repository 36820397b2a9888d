import { setTimeout as sleep } from 'node:timers/promises'
import type { Link } from './link.ts'

/** How long a link is down and up in turn. */
export type UpAndDown = { readonly downMs: number; readonly upMs: number; readonly times: number }

/** Takes a link down and up again in turn: new connections are refused and open ones reset while it is down. */
export async function upAndDown(link: Link, { downMs, upMs, times }: UpAndDown): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) {
    link.set({ door: 'refuse' })
    link.reset()
    await sleep(downMs)
    link.set({ door: 'open' })
    await sleep(upMs)
  }
}
