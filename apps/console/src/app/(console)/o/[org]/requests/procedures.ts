import { one as organisation } from '@tollkeeper/db/organisations'
import { priceOfVersion } from '@tollkeeper/db/prices'
import { list, one, type RequestDetail } from '@tollkeeper/db/requests'
import { list as listTeams } from '@tollkeeper/db/teams'
import {
  inputClasses,
  tokenClasses,
  type NanoUsd,
  type PicoUsd,
  type Price,
  type TokenClass,
} from '@tollkeeper/domain/price'
import { refuse } from '#server/refusal.ts'
import { filterOfSight } from '#server/sight.ts'
import { orgProcedure, router, type OrgContext, type Sight } from '#server/trpc.ts'
import { listInput, oneRequestInput } from './inputs.ts'

const pageSize = 50

/** One class of tokens of an attempt at its price; `rate` is null where the price is not known here any more. */
export type Line = { class: TokenClass; tokens: number; rate: PicoUsd | null }

export const requestsProcedures = router({
  /** A page of requests, newest first, and where the next one begins. */
  list: orgProcedure('request.read')
    .input(listInput)
    .query(({ ctx, input }) => {
      const { search, state, teamId, keyId, model, after } = input
      return list(ctx.db, ctx.org.id, {
        filter: {
          ...filterOfSight(ctx.sight),
          ...(search === '' ? {} : { id: search }),
          ...(state === null ? {} : { outcomes: [state] }),
          ...(teamId === null ? {} : { teamIds: [teamId] }),
          ...(keyId === null ? {} : { keyId }),
          ...(model === '' ? {} : { model }),
        },
        ...(after === null ? {} : { after }),
        limit: pageSize,
      })
    }),

  /** Teams to narrow the list by; nothing for those who see only their own requests. */
  teams: orgProcedure('request.read').query(async ({ ctx }) => {
    const { sight } = ctx
    if (sight.kind === 'own') return []
    const teams = await listTeams(ctx.db, ctx.org.id)
    return teams
      .filter((team) => sight.kind === 'all' || sight.teamIds.includes(team.id))
      .map(({ id, name }) => ({ id, name }))
  }),

  /** Everything that is known of a request, with what each attempt was charged and why. */
  one: orgProcedure('request.read')
    .input(oneRequestInput)
    .query(async ({ ctx, input }) => {
      const request = await one(ctx.db, ctx.org.id, input.id)
      if (!request || !isInSight(ctx.sight, request)) throw refuse('not-found', 'There is no such request.')
      const { ledger, ...seen } = request
      return { ...seen, refusal: await shownRefusal(ctx, request), attempts: await attemptsOf(ctx, ledger) }
    }),
})

function isInSight(sight: Sight, request: RequestDetail): boolean {
  if (sight.kind === 'all' || request.member?.id === sight.memberId) return true
  return sight.kind === 'team' && request.team !== null && sight.teamIds.includes(request.team.id)
}

/** Amounts of budgets are shown as the caller was told: not where the organisation keeps them to itself. */
async function shownRefusal(
  ctx: OrgContext & { sight: Sight },
  { refusal }: RequestDetail,
): Promise<RequestDetail['refusal']> {
  if (refusal === null || ctx.sight.kind === 'all') return refusal
  const org = await organisation(ctx.db, ctx.org.id)
  if (org?.showAmounts) return refusal
  return { ...refusal, limitUsd: null, spentUsd: null, heldUsd: null, estimateUsd: null }
}

/** An attempt: its rows in the ledger added up. */
export type Attempt = {
  id: string
  model: string
  outcome: string
  usageSource: string
  upstreamStatus: number | null
  /** Prices that were applied to it later, oldest first: by whom, why, and what that changed. */
  adjustments: { at: Date; amountNano: NanoUsd; priceVersion: string; reason: string; by: string }[]
  /** Charged provisionally, and not corrected so far. */
  provisional: boolean
  priceVersion: string
  lines: Line[]
  holdNano: NanoUsd
  costNano: NanoUsd
}

async function attemptsOf(ctx: OrgContext, rows: RequestDetail['ledger']): Promise<Attempt[]> {
  const attempts: Attempt[] = []
  for (const [id, entries] of Map.groupBy(rows, (row) => row.attemptId)) {
    const charges = entries.filter((row) => row.kind !== 'adjustment')
    const last = charges.find((row) => row.kind !== 'provisional') ?? charges[0]
    if (!last) continue
    const adjustments = entries.filter((row) => row.kind === 'adjustment')
    const priceVersion = adjustments.at(-1)?.priceVersion ?? last.priceVersion
    const price = await priceOfVersion(ctx.db, ctx.org.id, priceVersion)
    attempts.push({
      id,
      model: last.model,
      outcome: last.outcome,
      usageSource: last.usageSource,
      upstreamStatus: last.upstreamStatus,
      provisional: last.kind === 'provisional',
      priceVersion,
      adjustments: adjustments.map(({ recordedAt: at, amountNano, priceVersion, cause }) => ({
        at,
        amountNano,
        priceVersion,
        reason: cause?.reason ?? '',
        by: cause?.actorName ?? '',
      })),
      lines: linesOf(last.tokens, price),
      holdNano: last.holdNano,
      costNano: entries.reduce((sum, row) => sum + row.amountNano, 0n),
    })
  }
  return attempts
}

function linesOf(tokens: RequestDetail['ledger'][number]['tokens'], price: Price | undefined): Line[] {
  const input = inputClasses.reduce((sum, name) => sum + (tokens[name] ?? 0), 0)
  const rates = { ...price?.rates }
  // Long-context prices hold for the whole of a request that passes their mark.
  for (const tier of price?.tiers ?? []) if (input > tier.aboveInputTokens) Object.assign(rates, tier.rates)
  return tokenClasses
    .filter((name) => (tokens[name] ?? 0) > 0)
    .map((name) => ({ class: name, tokens: tokens[name] ?? 0, rate: rates[name] ?? null }))
}
