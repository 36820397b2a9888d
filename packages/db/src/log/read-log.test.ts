import { randomBytes } from 'node:crypto'
import { newId } from '@tollkeeper/domain/id'
import { expect, it } from 'vitest'
import type { LogRow } from '@tollkeeper/domain/replay'
import { anAttempt, aRequest, aWorld, entriesOf, testDatabase } from '../../test/builders.ts'
import { recordUsage } from '../ledger/index.ts'
import { countLog, readLog } from './index.ts'

const database = testDatabase()
const range = { from: new Date('2026-11-20T00:00:00Z'), to: new Date('2026-11-21T00:00:00Z') }

async function logOf(orgId: Parameters<typeof readLog>[1]): Promise<LogRow[]> {
  const rows: LogRow[] = []
  for await (const batch of readLog(database().pool, orgId, range)) rows.push(...batch)
  return rows
}

it('tells what was held and what a budget refused, in the order in which budgets were asked', async () => {
  const { pool } = database()
  const world = await aWorld(database())
  const ask = { input: 40, exact: false, cap: 500, least: 256, choices: 1, priceVersion: '1/openai/gpt-4o' }
  const slow = aRequest(world, {
    at: '2026-11-20T10:00:00Z',
    timeline: [{ step: 'hold', ms: 900.5 }],
    totalMs: 2_000,
    ask,
  })
  const quick = aRequest(world, { at: '2026-11-20T10:00:00.100Z', timeline: [{ step: 'hold', ms: 1.25 }], totalMs: 50 })
  const refusal = {
    reason: 'budget_exceeded',
    scope: { kind: 'team', id: world.teamId, name: 'Platform' },
    period: 'month',
    resetsAt: null,
    limitUsd: '1.000000000',
    spentUsd: '1.000000000',
    heldUsd: '0.000000000',
    estimateUsd: '0.000000123',
    maxOutputTokensThatFit: 0,
    retryAfterMs: null,
  }
  const refused = aRequest(world, {
    at: '2026-11-20T10:00:05Z',
    status: 402,
    failure: 'budget_exceeded',
    attempts: 0,
    count: 2,
    totalMs: 3,
    refusal,
  })
  const mistyped = aRequest(world, { status: 400, failure: 'invalid_request', attempts: 0 })
  const tokens = { inputUncached: 7, outputText: 3 }
  const orphan = {
    attemptId: 'orphan.1',
    requestId: newId('request', randomBytes),
    at: '2026-11-20T11:00:00Z',
    hold: 900n,
    tokens,
  }
  await recordUsage(
    pool,
    entriesOf(
      slow,
      quick,
      refused,
      mistyped,
      anAttempt(world, {
        requestId: slow.requestId,
        attemptId: 'slow.1',
        at: '2026-11-20T10:00:00.900Z',
        amount: 5n,
        tokens,
      }),
      anAttempt(world, { requestId: quick.requestId, attemptId: 'quick.1', at: '2026-11-20T10:00:00.101Z' }),
      anAttempt(world, { ...orphan, kind: 'provisional', amount: 900n }),
      anAttempt(world, { ...orphan, kind: 'correction', amount: 300n }),
      anAttempt(world, { at: '2026-11-21T00:00:00Z' }),
    ),
  )
  const rows = await logOf(world.orgId)
  const at = (text: string) => Date.parse(text)
  expect(rows.map(({ attemptId, heldAt, hold, charge }) => [attemptId, heldAt, hold, charge?.cost])).toEqual([
    ['quick.1', at('2026-11-20T10:00:00.100Z') + 1.25, 5_000n, 1_000n],
    ['slow.1', at('2026-11-20T10:00:00Z') + 900.5, 5_000n, 5n],
    [`${refused.requestId}:1`, at('2026-11-20T10:00:05Z') + 3, 123n, undefined],
    [`${refused.requestId}:2`, at('2026-11-20T10:00:05Z') + 3, 123n, undefined],
    ['orphan.1', at('2026-11-20T11:00:00Z'), 900n, 300n],
  ])
  expect(rows[1]).toMatchObject({
    ask,
    scopes: { orgId: world.orgId, teamId: world.teamId, userId: world.memberId, keyId: world.keyId },
    charge: { endedAt: at('2026-11-20T10:00:02Z'), tokens, source: 'reported', priceVersion: '1/openai/gpt-4o' },
  })
  expect(rows[4]?.charge).toMatchObject({ tokens, source: 'reported' })
  expect(await countLog(pool, world.orgId, range)).toBe(5)

  const globex = await aWorld(database(), { name: 'Globex' })
  expect(await logOf(globex.orgId)).toEqual([])
  expect(await countLog(pool, globex.orgId, range)).toBe(0)
})

it('ends when its reader stops, and gives its connection back', async () => {
  const { pool } = database()
  const world = await aWorld(database(), { name: 'Initech' })
  await recordUsage(pool, entriesOf(anAttempt(world), anAttempt(world)))
  for (let turn = 0; turn < 25; turn += 1) {
    for await (const rows of readLog(pool, world.orgId, range)) {
      expect(rows).toHaveLength(2)
      break
    }
  }
  expect(pool.totalCount - pool.idleCount).toBe(0)
})
