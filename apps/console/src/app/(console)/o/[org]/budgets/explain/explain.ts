import { one as oneKey } from '@tollkeeper/db/keys'
import { one as oneMember } from '@tollkeeper/db/members'
import { one as organisation } from '@tollkeeper/db/organisations'
import { one as oneTeam } from '@tollkeeper/db/teams'
import type { KeyId, MemberId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import { scopeKinds, type ScopeKind } from '@tollkeeper/domain/scope'
import type { BudgetPeriod } from '@tollkeeper/domain/time'
import type { z } from 'zod'
import { refuse } from '#server/refusal.ts'
import type { OrgContext, Sight } from '#server/trpc.ts'
import { covers } from '../../keys/sight.ts'
import { askProxyToExplain, type AskedSubject, type ProxyQuote } from './ask-proxy.ts'
import type { explainInput } from './inputs.ts'

type Viewer = OrgContext & { sight: Sight }

/** One limit of a level. Amounts are null where the viewer may not see them. */
export type ExplainedLimit = {
  period: BudgetPeriod
  mode: 'hard' | 'soft'
  resetsAt: string | null
  deciding: boolean
  amounts: { limit: NanoUsd; spent: NanoUsd; held: NanoUsd; left: NanoUsd } | null
}

/** One of the six levels; `name` is null where the subject has none of it. */
export type ExplainedLevel = { kind: ScopeKind; name: string | null; limits: ExplainedLimit[] }

type Chain = {
  subject: AskedSubject
  levels: Record<ScopeKind, { id: string; name: string } | null>
}

/** Why a request of that size would be let in or refused: the six levels of its chain as they stand. */
export async function explain(ctx: Viewer, input: z.output<typeof explainInput>) {
  const { subject, model, inputTokens, maxOutputTokens } = input
  const chain = subject.kind === 'key' ? await ofKey(ctx, subject.id) : await ofPerson(ctx, subject)
  const orgId = ctx.org.id
  const told = await askProxyToExplain({ orgId, subject: chain.subject, model, inputTokens, maxOutputTokens })
  const showsAll = ctx.sight.kind === 'all' || (await organisation(ctx.db, orgId))?.showAmounts === true
  const seen = (scope: ProxyQuote['chain'][number]['scope']) => showsAll || isOwn(ctx.sight, scope)
  const levels = scopeKinds.map((kind): ExplainedLevel => {
    const limits = told.chain.filter(({ scope }) => scope.type === kind)
    return {
      kind,
      name: chain.levels[kind]?.name ?? null,
      limits: limits.map(({ scope, period, mode, resets_at, deciding, ...amounts }) => ({
        period,
        mode,
        resetsAt: resets_at,
        deciding,
        amounts: seen(scope)
          ? { limit: amounts.limit_usd, spent: amounts.spent_usd, held: amounts.held_usd, left: amounts.left_usd }
          : null,
      })),
    }
  })
  return {
    admitted: told.admitted,
    provider: told.provider,
    output: told.max_output_tokens,
    fits: told.max_output_tokens_that_fit,
    bound: told.bound_usd,
    refusal: told.refusal && { reason: told.refusal.gateway.reason, message: told.refusal.message },
    levels,
  }
}

const isOwn = (sight: Sight, { type, id }: ProxyQuote['chain'][number]['scope']): boolean => {
  if (sight.kind === 'all' || type === 'key') return true
  if (type === 'user') return sight.kind === 'team' || id === sight.memberId
  return type === 'team' && sight.kind === 'team' && sight.teamIds.some((each) => each === id)
}

const nobody = () => refuse('not-found', 'There is no such key or person.')

async function ofKey(ctx: Viewer, id: KeyId): Promise<Chain> {
  const key = await oneKey(ctx.db, ctx.org.id, id)
  if (!key || !covers(ctx.sight, key)) throw nobody()
  const owner = key.member === null ? undefined : await oneMember(ctx.db, ctx.org.id, key.member.id)
  return {
    subject: { key: key.publicId },
    levels: {
      organisation: ctx.org,
      team: key.team,
      'role-group': owner?.role?.group ?? null,
      role: owner?.role ?? null,
      user: key.member,
      key,
    },
  }
}

/** Every person may ask about themselves; leads about the people of their teams. */
async function ofPerson(ctx: Viewer, asked: { id: MemberId; teamId: string | null }): Promise<Chain> {
  const { sight } = ctx
  const person = await oneMember(ctx.db, ctx.org.id, asked.id)
  if (!person || person.removedAt !== null) throw nobody()
  const led = sight.kind === 'team' ? person.teams.filter((team) => sight.teamIds.includes(team.id)) : person.teams
  const isSeen = sight.kind === 'all' || sight.memberId === person.id || (sight.kind === 'team' && led.length > 0)
  if (!isSeen) throw nobody()
  const teamId = person.teams.find((team) => team.id === asked.teamId)?.id ?? led[0]?.id ?? person.teams[0]?.id ?? null
  const team = teamId === null ? null : ((await oneTeam(ctx.db, ctx.org.id, teamId)) ?? null)
  const { role } = person
  return {
    subject: {
      scopes: { teamId, roleGroupId: role?.group?.id ?? null, roleId: role?.id ?? null, userId: person.id },
    },
    levels: {
      organisation: ctx.org,
      team,
      'role-group': role?.group ?? null,
      role,
      user: person,
      key: null,
    },
  }
}
