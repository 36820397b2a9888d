import * as budgets from '@tollkeeper/db/budgets'
import { offeredModels } from '@tollkeeper/db/policies'
import * as rateLimits from '@tollkeeper/db/rate-limits'
import type { Db } from '@tollkeeper/db/client'
import type { Budget } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import { usdText } from '@tollkeeper/domain/price'
import { scopeText, type Scope } from '@tollkeeper/domain/scope'
import { change } from '#server/change.ts'
import { refuse } from '#server/refusal.ts'
import { orgProcedure, router } from '#server/trpc.ts'
import { suggestedModel } from '../connect/suggested-model.ts'
import { effectOf } from './effect.ts'
import { explain } from './explain/explain.ts'
import { explainInput, subjectsInput } from './explain/inputs.ts'
import { subjectsOf } from './explain/subjects.ts'
import { budgetForm, liveInput, removeInput, scopeInput, setInput, setRatesInput, teamInput } from './inputs.ts'
import { liveOf } from './live.ts'
import { belowTeam, treeOf } from './tree.ts'
import { whatIfInput } from './what-if/inputs.ts'
import { whatIf } from './what-if/what-if.ts'
import { checkBelowTeam, checkMayEdit } from './who-may.ts'

const mayWrite = orgProcedure('budget.write')

const refusals = {
  'not-found': () => refuse('not-found', 'This limit was removed in the meantime.'),
  'no-scope': () => refuse('not-found', 'There is nothing here that could be limited any more.'),
  taken: () => refuse('conflict', 'There is already a limit for this period', 'period'),
  limit: () => refuse('invalid', 'Enter at most 9,000,000', 'limit'),
}

export const budgetsProcedures = router({
  /** The tree down to the teams, with where each limit stands. */
  tree: orgProcedure('budget.read').query(({ ctx }) => treeOf(ctx, Date.now())),

  /** What is below a team. */
  team: orgProcedure('budget.read')
    .input(teamInput)
    .query(async ({ ctx, input }) => {
      const below = await belowTeam(ctx, input.teamId, Date.now())
      if (!below) throw refuse('not-found', 'There is no such team.')
      return below
    }),

  /** Where the counters on the screen stand now; asked for every other second. */
  live: orgProcedure('budget.read')
    .input(liveInput)
    .query(({ ctx, input }) => liveOf(ctx, input.counters, Date.now())),

  /** What a limit would do at once, to be asked before it is lowered. */
  effect: mayWrite.input(budgetForm.extend(scopeInput.shape)).query(async ({ ctx, input }) => {
    await checkMayEdit(ctx, ctx.db, input.scope)
    return effectOf(ctx, input, Date.now())
  }),

  /** Whose limits can be explained, within a scope, and the models they can be explained for. */
  explainable: orgProcedure('budget.read')
    .input(subjectsInput)
    .query(async ({ ctx, input }) => {
      const models = await offeredModels(ctx.db, ctx.org.id)
      return {
        subjects: await subjectsOf(ctx, input.scope),
        models: models.map(({ name }) => name),
        suggested: suggestedModel(models),
      }
    }),

  /** Which limits a request of that size would meet, and which of them decides. */
  explain: orgProcedure('budget.read')
    .input(explainInput)
    .query(({ ctx, input }) => explain(ctx, input)),

  /** What a limit would have refused, had it been there: replays the last days. */
  whatIf: mayWrite.input(whatIfInput).query(async ({ ctx, input }) => {
    await checkMayEdit(ctx, ctx.db, input.scope)
    return whatIf(ctx, input, Date.now())
  }),

  /** Gives a scope a limit, or changes one. Its counter goes on unless the period or whom it is for changes. */
  set: mayWrite.input(setInput).mutation(({ ctx, input }) =>
    change(ctx, async (tx, audit) => {
      const { scope, period, limit, mode, id } = input
      const sharing = scope.kind === 'user' || scope.kind === 'key' ? 'pool' : input.sharing
      await checkMayEdit(ctx, tx, scope)
      await checkBelowTeam(ctx, tx, input)
      const own = await budgets.byScope(tx, ctx.org.id, scope)
      const before = own.find((budget) => budget.id === id)
      const isThere = own.some((budget) => budget.period === period && budget.sharing === sharing)
      if (id === null && isThere) throw refusals.taken()
      const carryOver = input.carryOver || null
      const wanted = { scope, period, limit, mode, sharing, carryOver, ...(id === null ? {} : { id }) }
      const outcome = await budgets.set(tx, ctx.org.id, wanted)
      if (!outcome.ok) throw refusals[outcome.reason]()
      audit({
        action: 'budget.set',
        target: `budget:${outcome.value.id}`,
        before: before ? told(before) : null,
        after: told(outcome.value),
      })
      return outcome.value
    }),
  ),

  /** Ends a limit: nothing is limited by it from now on. */
  remove: mayWrite.input(removeInput).mutation(({ ctx, input }) =>
    change(ctx, async (tx, audit) => {
      const before = await budgets.one(tx, ctx.org.id, input.id)
      if (!before) throw refusals['not-found']()
      await checkMayEdit(ctx, tx, before.scope)
      await budgets.remove(tx, ctx.org.id, input.id)
      audit({ action: 'budget.remove', target: `budget:${before.id}`, before: told(before), after: null })
    }),
  ),

  /** The rate limits of a scope. */
  rates: mayWrite.input(scopeInput).query(async ({ ctx, input }) => {
    await checkMayEdit(ctx, ctx.db, input.scope)
    return ratesOf(ctx.db, ctx.org.id, input.scope)
  }),

  /** Replaces the rate limits of a scope. */
  setRates: mayWrite.input(setRatesInput).mutation(({ ctx, input }) =>
    change(ctx, async (tx, audit) => {
      const { scope, bucketCapacity, bucketRefillPerSecond, runningStreams: streams, runningWhole: whole } = input
      const { requestsPerMinute, requestsPerHour, tokensPerMinute, tokensPerHour } = input
      await checkMayEdit(ctx, tx, scope)
      const before = await ratesOf(tx, ctx.org.id, scope)
      const bucket =
        bucketCapacity === null || bucketRefillPerSecond === null
          ? null
          : { capacity: bucketCapacity, refillPerSecond: bucketRefillPerSecond }
      const concurrency = streams === null && whole === null ? null : { streams, whole }
      const windows = { requestsPerMinute, requestsPerHour, tokensPerMinute, tokensPerHour }
      const wanted = { ...windows, bucket, concurrency }
      const outcome = await rateLimits.set(tx, ctx.org.id, scope, wanted)
      if (!outcome.ok) throw refusals[outcome.reason]()
      const after = await ratesOf(tx, ctx.org.id, scope)
      audit({ action: 'rate-limit.set', target: scopeText(scope), before, after })
      return after
    }),
  ),
})

/** A budget as the audit log tells it. */
const told = ({ scope, period, limit, mode, sharing, carryOver }: Budget) => ({
  scope: `${scope.kind} ${scope.name}`,
  period,
  limitUsd: usdText(limit),
  mode,
  sharing,
  ...(carryOver == null ? {} : { carryOverUsd: usdText(carryOver) }),
})

async function ratesOf(db: Db, orgId: OrgId, scope: Scope) {
  const rates = await rateLimits.byScope(db, orgId, scope)
  return {
    requestsPerMinute: rates?.requestsPerMinute ?? null,
    requestsPerHour: rates?.requestsPerHour ?? null,
    tokensPerMinute: rates?.tokensPerMinute ?? null,
    tokensPerHour: rates?.tokensPerHour ?? null,
    bucket: rates?.bucket ?? null,
    concurrency: rates?.concurrency ?? null,
  }
}
