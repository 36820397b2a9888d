import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Hold, HoldReply } from '../../src/budgets.ts'
import type { Answered, Asked } from './proxy-process.ts'

export type Raced = { hold: Hold; reply: HoldReply }

/** Processes that hold money at the same time. */
export type Racers = {
  /** Deals the holds out to the processes in turn and lets all of them start at once. */
  race: (holds: readonly Hold[]) => Promise<Raced[]>
  stop: () => void
}

const program = fileURLToPath(new URL('./proxy-process.ts', import.meta.url))

export async function startRacers(url: string, count: number): Promise<Racers> {
  // `advanced`: amounts are bigint.
  const children = Array.from({ length: count }, () => fork(program, [url], { serialization: 'advanced' }))
  await Promise.all(children.map((child) => once(child, 'message')))
  return {
    async race(holds) {
      const raced = await Promise.all(
        children.map(async (child, i) => {
          const dealt = holds.filter((_hold, j) => j % count === i)
          const answer = once(child, 'message')
          child.send({ holds: dealt } satisfies Asked)
          const [{ replies }] = (await answer) as [Answered]
          return dealt.flatMap((hold, j): Raced[] => (replies[j] ? [{ hold, reply: replies[j] }] : []))
        }),
      )
      return raced.flat()
    },
    stop: () => children.forEach((child) => child.disconnect()),
  }
}

export const heldOf = (raced: readonly Raced[]): Raced[] => raced.filter(({ reply }) => reply.kind === 'held')
