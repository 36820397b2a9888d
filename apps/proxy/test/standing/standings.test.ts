import { expect, it } from 'vitest'
import { aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { makeStandings, type PolicySource } from '../../src/standing/standings.ts'

/** A source whose answers the test gives, a clock that the test sets, and the number of reads so far. */
function world() {
  const policy = aPolicy('http://127.0.0.1:1')
  const { record } = aKey(policy)
  const state = { now: 0, reads: 0, record: record as typeof record | null, policy, complete: true, away: false }
  let gate: Promise<void> = Promise.resolve()
  const read = async <T>(value: () => T): Promise<T> => {
    state.reads += 1
    const answer = value()
    await gate
    if (state.away) throw new Error('away')
    return answer
  }
  const source: PolicySource = {
    key: () => read(() => state.record),
    org: () => read(() => state.policy),
    isComplete: async () => state.complete,
  }
  const standings = makeStandings(source, () => state.now)
  return {
    state,
    standings,
    find: () => standings.find(record.publicId),
    /** Answers from now on wait until the test opens the gate. */
    close: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return resolve
    },
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

it('reads once and answers from memory, and reads again in the background after half its time', async () => {
  const { state, find } = world()
  await find()
  state.now = 2_499
  await find()
  expect(state.reads).toBe(2)
  state.now = 2_500
  expect((await find()).kind).toBe('found')
  await settled()
  expect(state.reads).toBe(4)
})

it('lets all who ask at the same time wait for one read', async () => {
  const { state, find } = world()
  await Promise.all(Array.from({ length: 100 }, find))
  expect(state.reads).toBe(2)
})

it('trusts what it has for five seconds while the store is away, and no longer', async () => {
  const { state, find } = world()
  await find()
  state.away = true
  state.now = 4_999
  expect((await find()).kind).toBe('found')
  state.now = 5_000
  await expect(find()).rejects.toThrow('away')
})

it('knows a key that is not there from one it cannot know of', async () => {
  const { state, find } = world()
  state.record = null
  expect(await find()).toEqual({ kind: 'unknown' })
  state.complete = false
  expect(await find()).toEqual({ kind: 'cannot-know' })
})

it('does not keep what was read before a change was announced', async () => {
  const { state, standings, find, close } = world()
  const open = close()
  const early = find()
  state.record = state.record && { ...state.record, version: 2, status: 'revoked' }
  standings.forgetKey(state.record?.publicId ?? '')
  open()
  expect((await early).kind).toBe('found')
  const late = await find()
  expect(late.kind === 'found' && late.standing.record.status).toBe('revoked')
})

it('keeps what it worked out for a policy that has not changed', async () => {
  const { state, find } = world()
  const first = await find()
  state.now = 5_000
  const second = await find()
  expect(second.kind === 'found' && first.kind === 'found' && second.standing === first.standing).toBe(true)
})

it('trusts what it has for fifteen minutes where an organisation is answered out of slices, and no longer', async () => {
  const { state, find } = world()
  state.policy.settings.storeOutage = 'bounded'
  await find()
  state.away = true
  state.now = 899_999
  expect((await find()).kind).toBe('found')
  state.now = 900_000
  await expect(find()).rejects.toThrow('away')
})
