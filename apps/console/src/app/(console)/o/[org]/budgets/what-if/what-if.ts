import * as budgets from '@tollkeeper/db/budgets'
import { countLog, openingsAt, readLog } from '@tollkeeper/db/log'
import { priceOfVersion } from '@tollkeeper/db/prices'
import { one as oneRequest } from '@tollkeeper/db/requests'
import type { Budget } from '@tollkeeper/domain/budget'
import type { BudgetId } from '@tollkeeper/domain/id'
import type { Price } from '@tollkeeper/domain/price'
import { beginReplay, logged, type LogRow } from '@tollkeeper/domain/replay'
import { chainOf, sameScope, scopeText, type Scope } from '@tollkeeper/domain/scope'
import { windowOf, type Instant } from '@tollkeeper/domain/time'
import type { OrgContext } from '#server/trpc.ts'
import type { WhatIfInput } from './inputs.ts'
import { makeTally } from './tally.ts'
import type { WhatIfLine } from './told.ts'

/** The limit that is asked about, where it replaces none. */
const asked = 'bud_asked' as BudgetId

/** Each keeps a connection of the pool while it runs, which the pages of everybody else need too. */
const mostRunning = 3
let running = 0

/**
 * Replays the last days of an organisation under its limits of today with one of them changed or added. Tells how far it
 * is after every batch of rows; never holds more of the log than one.
 */
export async function* whatIf(ctx: OrgContext, input: WhatIfInput, now: Instant): AsyncGenerator<WhatIfLine> {
  if (running >= mostRunning) {
    yield { kind: 'failed', message: 'Others are replaying right now. Please try again in a moment.' }
    return
  }
  running += 1
  try {
    yield* replayed(ctx, input, now)
  } finally {
    running -= 1
  }
}

async function* replayed(ctx: OrgContext, input: WhatIfInput, now: Instant): AsyncGenerator<WhatIfLine> {
  const { db, org } = ctx
  const { pool } = ctx.stores.database
  const { from, to } = rangeOf(org.timeZone, Number(input.days), now)
  const world = worldOf(await budgets.list(db, org.id), input)
  const replay = beginReplay({
    zone: org.timeZone,
    budgetsByScope: Map.groupBy(world, (budget) => scopeText(budget.scope)),
    openingOf: await openingsAt(db, org.id, world, { zone: org.timeZone, at: from }),
  })
  const range = { from: new Date(from), to: new Date(to) }
  const total = await countLog(pool, org.id, range)
  const prices = makePrices(ctx)
  const limit = input.id ?? asked
  const tally = makeTally({ zone: org.timeZone, from, to, limit, isAbout: (ids) => passes(ids, input.scope) })
  let done = 0
  yield { kind: 'progress', done, of: total }
  for await (const rows of readLog(pool, org.id, range)) {
    await prices.learn(rows)
    for (const row of rows) {
      const attempt = logged(row, prices.of)
      tally.add(attempt, replay.next(attempt))
    }
    done += rows.length
    yield { kind: 'progress', done, of: Math.max(total, done) }
  }
  yield { kind: 'result', fromMs: from, toMs: to, ...tally.result(), first: await named(ctx, tally.first) }
}

/** Whole days of the organisation's calendar, the present one included. */
function rangeOf(zone: string, days: number, now: Instant): { from: Instant; to: Instant } {
  let { startMs } = windowOf('day', zone, now)
  for (let back = 1; back < days; back += 1) startMs = windowOf('day', zone, startMs - 1).startMs
  return { from: startMs, to: now }
}

/** The limits of today with the one that is asked about in its place. */
function worldOf(today: readonly Budget[], input: WhatIfInput): Budget[] {
  const { scope, id, limit, period, mode } = input
  const sharing = scope.kind === 'user' || scope.kind === 'key' ? 'pool' : input.sharing
  const edited = today.find((budget) => budget.id === id)
  const wanted: Budget = {
    id: id ?? asked,
    scope: edited?.scope ?? { ...scope, name: '' },
    period,
    limit,
    mode,
    sharing,
    version: 1,
    opening: null,
  }
  const isReplaced = (budget: Budget) =>
    budget.id === id ||
    (id === null && sameScope(budget.scope, scope) && budget.period === period && budget.sharing === sharing)
  return [...today.filter((budget) => !isReplaced(budget)), wanted]
}

const passes = (ids: LogRow['scopes'], scope: Scope): boolean => chainOf(ids).some((each) => sameScope(each, scope))

/** Prices by version; each is read once. */
function makePrices(ctx: OrgContext) {
  const known = new Map<string, Price | undefined>()
  return {
    of: (version: string) => known.get(version),
    async learn(rows: readonly LogRow[]) {
      const versions = new Set(rows.map((row) => row.charge?.priceVersion ?? row.ask?.priceVersion))
      for (const version of versions) {
        if (version === undefined || known.has(version)) continue
        known.set(version, await priceOfVersion(ctx.db, ctx.org.id, version))
      }
    },
  }
}

async function named(ctx: OrgContext, first: ReturnType<typeof makeTally>['first']) {
  const lines = []
  for (const { attempt, reason, cost } of first) {
    const request = await oneRequest(ctx.db, ctx.org.id, attempt.requestId)
    lines.push({
      id: attempt.requestId as string,
      atMs: attempt.heldAt,
      person: request?.member?.name ?? null,
      key: request?.key.name ?? request?.key.last4 ?? attempt.scopes.keyId,
      cost: String(cost),
      reason,
    })
  }
  return lines
}
