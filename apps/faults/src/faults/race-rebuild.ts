import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '@tollkeeper/testbed/processes'
import type { Fault, Lab } from './fault.ts'
import { onlyRefusedFor } from './seen.ts'

/**
 * Race (h) of faults.md 5.5, so many times in a row: Redis is emptied under load. The counters are rebuilt while proxies
 * take new holds, and while each of them replays of its journal what Postgres does not have, three seconds after it was
 * told of a rebuild: often into the next one.
 */
export const rebuildRaced = (times: number): Fault => ({
  id: 'R8',
  title: `rebuild, holds and the replay of journals at once, ${times} times in a row`,
  load: 'L1',
  evidenceLost: true,
  async inflict(lab) {
    const { plant, load, chance, healed } = lab
    const fromMs = Date.now()
    for (let time = 0; time < times; time += 1) {
      await plant.store.flushall()
      await untilEveryProxyAnswers(lab)
      await sleep(chance.whole(200, 4_000))
    }
    healed()
    return [
      onlyRefusedFor(load.history, fromMs, ['budget_store_unavailable', 'overloaded']),
      { name: 'every time both proxies answered again', holds: true, told: `${times} times` },
    ]
  },
})

/** The shards of all organisations are open again, and holds are taken at both proxies. */
async function untilEveryProxyAnswers({ plant, tenants }: Lab): Promise<void> {
  for (const { machine } of plant.proxies) {
    for (const { keys } of tenants) {
      await until(
        async () => {
          const answer = await fetch(`${machine.url}/v1/quote`, {
            method: 'POST',
            headers: { authorization: `Bearer ${keys[0]?.secret}`, 'content-type': 'application/json' },
            body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 5 }),
          })
          await answer.body?.cancel()
          return answer.status === 200
        },
        { within: 30_000, every: 50, what: `${machine.name} to answer again` },
      )
    }
  }
}
