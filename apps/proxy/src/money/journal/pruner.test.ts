import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import { until } from '@tollkeeper/testbed/processes'
import { expect, it } from 'vitest'
import { makePruner } from './pruner.ts'
import type { JournalRecord } from './record.ts'

const attempt = (t: 'sent' | 'result', id: string): JournalRecord =>
  ({ t, orgId: 'org_a' as OrgId, attemptId: id as AttemptId }) as unknown as JournalRecord

/** A pruner of two segments, and a ledger that has the events that were put into it. */
function aPruner() {
  const segments: Record<string, JournalRecord[]> = {
    first: [attempt('sent', 'a'), attempt('sent', 'b'), attempt('result', 'b')],
    second: [attempt('sent', 'c'), attempt('result', 'c')],
  }
  const ledger = new Set<string>()
  const removed: string[] = []
  let rounds = 0
  const pruner = makePruner({
    asker: {
      async whichAreRecorded(ids) {
        rounds += 1
        return new Set(ids.filter((id) => ledger.has(id)))
      },
    },
    read: async (name) => segments[name] ?? [],
    remove: async (name) => void removed.push(name),
    onDefect: (error) => {
      throw error
    },
    everyMs: 1,
  })
  for (const name of Object.keys(segments)) pruner.add(name)
  const someRounds = async () => {
    const before = rounds
    await until(() => rounds >= before + 4, { within: 2_000, every: 1 })
  }
  return { pruner, ledger, removed, someRounds }
}

it('gives up no segment of which one attempt is not in the ledger', async () => {
  const { pruner, ledger, removed, someRounds } = aPruner()
  ledger.add('a:provisional')
  // A provisional charge of an attempt that has ended since is not its end.
  ledger.add('b:provisional')
  await someRounds()
  expect(removed).toEqual([])
  ledger.add('b:correction')
  await until(() => removed.length === 1, { within: 2_000, every: 1 })
  expect(removed).toEqual(['first'])
  pruner.stop()
})

it('does not let a long stream in the oldest segment keep the next one', async () => {
  const { pruner, ledger, removed } = aPruner()
  ledger.add('c:final')
  await until(() => removed.length === 1, { within: 2_000, every: 1 })
  expect(removed).toEqual(['second'])
  pruner.stop()
})
