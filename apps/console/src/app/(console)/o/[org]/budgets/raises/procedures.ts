import * as budgets from '@tollkeeper/db/budgets'
import type { Db } from '@tollkeeper/db/client'
import * as raises from '@tollkeeper/db/raises'
import type { Budget } from '@tollkeeper/domain/budget'
import type { BudgetId } from '@tollkeeper/domain/id'
import { usdText, type NanoUsd } from '@tollkeeper/domain/price'
import { change } from '#server/change.ts'
import { refuse } from '#server/refusal.ts'
import { orgProcedure, router, type OrgContext } from '#server/trpc.ts'
import { approveInput, askableInput, askInput, declineInput, giveInput, oneInput } from './inputs.ts'
import { raisesFor, waitingFor } from './list.ts'
import { checkMayGive, mayAskFor } from './who-may.ts'

const refusals = {
  'not-found': () => refuse('not-found', 'There is no such limit, or request, any more.'),
  amount: () => refuse('invalid', 'Enter more than 0, and not more than was asked for', 'amount'),
  until: () => refuse('invalid', 'Choose a time within 3 months, not later than was asked for', 'until'),
  'too-many': () => refuse('conflict', 'This limit is raised 50 times already. End a raise first.'),
  open: () => refuse('conflict', 'You have asked for more on this limit already. Somebody has to decide first.'),
  'not-open': () => refuse('conflict', 'This request is decided, withdrawn or expired already.'),
  own: () => refuse('forbidden', 'You asked for this raise yourself. Somebody else has to decide.'),
}

/** Requests for more on a budget, their decisions, and raises that end by themselves. */
export const raisesProcedures = router({
  /** Requests and running raises within the caller's sight. */
  list: orgProcedure('budget.read').query(({ ctx }) => raisesFor(ctx, new Date())),

  /** How many requests wait for the caller. */
  waiting: orgProcedure('budget.read').query(({ ctx }) => waitingFor(ctx, new Date())),

  /** The limits of a scope on which the caller may ask for more, and whether they have. */
  askable: orgProcedure('raise.request')
    .input(askableInput)
    .query(async ({ ctx, input }) => {
      if (!(await mayAskFor(ctx, ctx.db, input.scope))) return []
      const hard = (await budgets.byScope(ctx.db, ctx.org.id, input.scope)).filter((budget) => budget.mode === 'hard')
      const open = await raises.requests(ctx.db, ctx.org.id, { open: true, requestedBy: ctx.member.id })
      return hard.map(({ id, period, sharing, scope }) => {
        const asked = open.some((request) => request.budgetId === id)
        return { id, period, sharing, scope, asked }
      })
    }),

  /** Asks for more on a limit. */
  ask: orgProcedure('raise.request')
    .input(askInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const budget = await budgetOf(ctx, tx, input.budget)
        if (!(await mayAskFor(ctx, tx, budget.scope))) throw refusals['not-found']()
        const { amount, until, reason, refusedRequest } = input
        const subject = budget.sharing === 'each' ? ctx.member.id : null
        const wanted = { budgetId: budget.id, subject, amount, until, reason, refusedRequest }
        const outcome = await raises.ask(tx, ctx.org.id, { ...wanted, requestedBy: ctx.member })
        if (!outcome.ok) throw refusals[outcome.reason]()
        audit({ action: 'raise.request', target: `budget:${budget.id}`, before: null, after: told(budget, input) })
        return outcome.value
      }),
    ),

  /** Takes one's own open request back. */
  withdraw: orgProcedure('raise.request')
    .input(oneInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const request = await raises.withdraw(tx, ctx.org.id, input.id, ctx.member.id)
        if (!request) throw refusals['not-found']()
        const target = `budget:${request.budgetId}`
        audit({ action: 'raise.withdraw', target, before: { amountUsd: usdText(request.amount) }, after: null })
      }),
    ),

  /** Gives what was asked for, or less of it, or for a shorter time. Never by who asked. */
  approve: orgProcedure('raise.approve')
    .input(approveInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const { budget, request } = await requestOf(ctx, tx, input.id)
        await checkMayGive(ctx, tx, budget, input.amount)
        const { amount, until, note } = input
        const decision = { kind: 'approve', by: ctx.member, amount, until, note } as const
        const outcome = await raises.decide(tx, ctx.org.id, input.id, decision)
        if (!outcome.ok) throw refusals[outcome.reason]()
        audit({
          action: 'raise.approve',
          target: `budget:${budget.id}`,
          before: { ...told(budget, request), requestedBy: request.requestedBy.name },
          after: { ...told(budget, { ...request, amount, until }), note },
        })
        return outcome.value.request
      }),
    ),

  /** Says no, and why. */
  decline: orgProcedure('raise.approve')
    .input(declineInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const { budget, request } = await requestOf(ctx, tx, input.id)
        await checkMayGive(ctx, tx, budget, 0n)
        const decision = { kind: 'decline', by: ctx.member, note: input.note } as const
        const outcome = await raises.decide(tx, ctx.org.id, input.id, decision)
        if (!outcome.ok) throw refusals[outcome.reason]()
        const before = { ...told(budget, request), requestedBy: request.requestedBy.name }
        audit({ action: 'raise.decline', target: `budget:${budget.id}`, before, after: { note: input.note } })
        return outcome.value.request
      }),
    ),

  /** Raises a limit until a time without anybody having asked. Not one on which the giver has asked for more. */
  give: orgProcedure('raise.approve')
    .input(giveInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const budget = await budgetOf(ctx, tx, input.budget)
        await checkMayGive(ctx, tx, budget, input.amount)
        for (const request of await raises.requests(tx, ctx.org.id, { open: true })) {
          const isTheirs = await raises.isSamePerson(tx, ctx.org.id, request.requestedBy.id, ctx.member.id)
          if (request.budgetId === budget.id && isTheirs) throw refusals.own()
        }
        if ((budget.sharing === 'each') !== (input.subject !== null)) throw refusals['not-found']()
        const { amount, until, reason, subject } = input
        const wanted = { budgetId: budget.id, subject, amount, until, reason, givenBy: ctx.member }
        const outcome = await raises.give(tx, ctx.org.id, wanted)
        if (!outcome.ok) throw refusals[outcome.reason]()
        audit({ action: 'raise.give', target: `budget:${budget.id}`, before: null, after: told(budget, input) })
        return outcome.value
      }),
    ),

  /** Ends a raise before its time. */
  end: orgProcedure('raise.approve')
    .input(oneInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const raise = await raises.end(tx, ctx.org.id, input.id)
        if (!raise) throw refusals['not-found']()
        const budget = await budgetOf(ctx, tx, raise.budgetId)
        await checkMayGive(ctx, tx, budget, 0n)
        audit({ action: 'raise.end', target: `budget:${budget.id}`, before: told(budget, raise), after: null })
      }),
    ),
})

async function budgetOf(ctx: OrgContext, tx: Db, id: BudgetId): Promise<Budget> {
  const budget = await budgets.one(tx, ctx.org.id, id)
  if (!budget) throw refusals['not-found']()
  return budget
}

async function requestOf(ctx: OrgContext, tx: Db, id: string) {
  const request = await raises.oneRequest(tx, ctx.org.id, id)
  if (!request) throw refusals['not-found']()
  return { request, budget: await budgetOf(ctx, tx, request.budgetId) }
}

/** A raise as the audit log tells it. */
const told = ({ scope }: Budget, of: { amount: NanoUsd; until: Date; reason: string }) => ({
  scope: `${scope.kind} ${scope.name}`,
  amountUsd: usdText(of.amount),
  until: of.until.toISOString(),
  reason: of.reason,
})
