import { list as listAudit } from '@tollkeeper/db/audit'
import * as budgets from '@tollkeeper/db/budgets'
import * as keys from '@tollkeeper/db/keys'
import { list as listMembers, one as oneMember } from '@tollkeeper/db/members'
import { offeredModels } from '@tollkeeper/db/policies'
import { list as listRequests } from '@tollkeeper/db/requests'
import { byDay, daysOf, total } from '@tollkeeper/db/rollups'
import { list as listTeams } from '@tollkeeper/db/teams'
import type { Db } from '@tollkeeper/db/client'
import type { KeyId } from '@tollkeeper/domain/id'
import { change } from '#server/change.ts'
import type { Membership } from '#server/membership.ts'
import { refuse } from '#server/refusal.ts'
import type { Access } from '#server/roles.ts'
import { filterOfSight } from '#server/sight.ts'
import { orgProcedure, router, type OrgContext, type Sight } from '#server/trpc.ts'
import { chainAbove } from './chain.ts'
import { createKey } from './create.ts'
import { chainInput, createKeyInput, listInput, newTeam, oneKeyInput, quotaInput } from './inputs.ts'
import { rowsOf } from './rows.ts'
import { covers, sightOf } from './sight.ts'

const hourMs = 3_600_000
const pageSize = 50

type Ctx = OrgContext & { sight: Sight; access: Access; leads: Membership['leads'] }

const may = (ctx: Ctx, key: Pick<keys.ApiKey, 'team' | 'member'>) => ({
  mayRevoke: covers(sightOf(ctx, 'key.revoke'), key),
  mayEditQuota: covers(sightOf(ctx, 'budget.write'), key),
})

/** The key, if it is within the caller's sight; everything else is not there. */
async function keyInSight(ctx: Ctx, db: Db, id: KeyId, sight: Sight | null = ctx.sight): Promise<keys.ApiKey> {
  const key = await keys.one(db, ctx.org.id, id)
  if (!key || key.purpose !== 'standard' || !covers(sight, key)) throw refuse('not-found', 'There is no such key.')
  return key
}

export const keysProcedures = router({
  /** A page of keys, newest first, and where the next one begins. */
  list: orgProcedure('key.read')
    .input(listInput)
    .query(async ({ ctx, input }) => {
      const at = new Date()
      const { search, status, teamId, after } = input
      const { keys: found, next } = await keys.list(ctx.db, ctx.org.id, {
        filter: {
          ...filterOfSight(ctx.sight),
          ...(search === '' ? {} : { search }),
          ...(status === null ? {} : { status }),
          ...(teamId === null ? {} : { teamIds: [teamId] }),
        },
        ...(after === null ? {} : { after }),
        limit: pageSize,
        at,
      })
      const rows = await rowsOf(ctx, found, at)
      return { keys: rows.map((row) => ({ ...row, ...may(ctx, row) })), next }
    }),

  /** Teams whose keys the caller can see, to narrow the list by. */
  teams: orgProcedure('key.read').query(async ({ ctx }) => namesOf(await teamsInSight(ctx))),

  /** What a new key can be given: teams, owners, models. */
  choices: orgProcedure('key.mint').query(async ({ ctx }) => {
    const { sight } = ctx
    const [teams, models] = [await teamsInSight(ctx), await offeredModels(ctx.db, ctx.org.id)]
    const people = await listMembers(ctx.db, ctx.org.id)
    return {
      teams: namesOf(teams),
      /** Whether a team can be made together with the key. */
      newTeam: sight.kind === 'all',
      owners: people
        .filter((person) => {
          if (sight.kind === 'all' || person.id === sight.memberId) return true
          return sight.kind === 'team' && person.teams.some((team) => sight.teamIds.includes(team.id))
        })
        .map(({ id, name, email }) => ({ id, name, email })),
      /** Teams where the caller may make keys for others and for services; null: all of them. */
      ledTeams: sight.kind === 'all' ? null : sight.kind === 'team' ? [...sight.teamIds] : [],
      models: models.map((model) => model.name),
    }
  }),

  /** The limits a new key would pass through. */
  limits: orgProcedure('key.mint')
    .input(chainInput)
    .query(async ({ ctx, input }) => {
      const { teamId, ownerId } = input
      const teams = await teamsInSight(ctx)
      if (teamId !== newTeam && !teams.some((team) => team.id === teamId)) {
        throw refuse('not-found', 'There is no such team.')
      }
      const place = { teamId: teamId === newTeam ? null : teamId, ownerId, keyId: null }
      return chainAbove(ctx, place, sightOf(ctx, 'budget.read'), new Date())
    }),

  /** Makes a key. Its text is in this answer and nowhere else. */
  create: orgProcedure('key.mint')
    .input(createKeyInput)
    .mutation(({ ctx, input }) => createKey(ctx, input)),

  /** A key with the limits above it. */
  one: orgProcedure('key.read')
    .input(oneKeyInput)
    .query(async ({ ctx, input }) => {
      const at = new Date()
      const key = await keyInSight(ctx, ctx.db, input.id)
      const place = { teamId: key.team.id, ownerId: key.member?.id ?? null, keyId: key.id }
      const [row] = await rowsOf(ctx, [key], at)
      if (!row) throw new Error('A key in sight has no row')
      return { ...row, ...may(ctx, key), chain: await chainAbove(ctx, place, sightOf(ctx, 'budget.read'), at) }
    }),

  /** Spend of a key by day and model over the last 30 days. */
  spend: orgProcedure('key.read')
    .input(oneKeyInput)
    .query(async ({ ctx, input }) => {
      const key = await keyInSight(ctx, ctx.db, input.id)
      const zone = ctx.org.timeZone
      const to = Date.now()
      const first = daysOf(zone, { from: to - 29 * 24 * hourMs, to })[0]
      const range = { from: first?.startMs ?? to, to }
      return byDay(ctx.db, ctx.org.id, { range, zone, grouping: 'model', filter: { keyId: key.id }, top: 8 })
    }),

  /** The newest requests of a key. */
  recent: orgProcedure('request.read')
    .input(oneKeyInput)
    .query(async ({ ctx, input }) => {
      const key = await keyInSight(ctx, ctx.db, input.id)
      return (await listRequests(ctx.db, ctx.org.id, { filter: { keyId: key.id }, limit: 10 })).requests
    }),

  /** What was done to a key, newest first. */
  history: orgProcedure('audit.read')
    .input(oneKeyInput)
    .query(async ({ ctx, input }) => {
      const key = await keyInSight(ctx, ctx.db, input.id)
      const { entries } = await listAudit(ctx.db, ctx.org.id, { target: `key:${key.id}`, limit: 50 })
      return entries.map(({ id, at, actorName, action, before, after }) => ({
        id,
        at,
        actorName,
        action,
        before,
        after,
      }))
    }),

  /** What stopping a key would stop: its use in the last hours. */
  use: orgProcedure('key.revoke')
    .input(oneKeyInput)
    .query(async ({ ctx, input }) => {
      const key = await keyInSight(ctx, ctx.db, input.id)
      const to = Date.now()
      const day = await total(ctx.db, ctx.org.id, { from: to - 24 * hourMs, to }, { keyId: key.id })
      const usedToday = key.lastUsedAt !== null && to - key.lastUsedAt.getTime() < 24 * hourMs
      return { lastUsedAt: key.lastUsedAt, usedToday, requests: day.requests, costNano: day.costNano }
    }),

  disable: orgProcedure('key.revoke')
    .input(oneKeyInput)
    .mutation(({ ctx, input }) => setStatus(ctx, input.id, 'disable')),

  enable: orgProcedure('key.revoke')
    .input(oneKeyInput)
    .mutation(({ ctx, input }) => setStatus(ctx, input.id, 'enable')),

  /** Ends a key for good. */
  revoke: orgProcedure('key.revoke')
    .input(oneKeyInput)
    .mutation(({ ctx, input }) => setStatus(ctx, input.id, 'revoke')),

  /** Sets, changes or takes away the quota of a key; spent money stays spent. */
  setQuota: orgProcedure('budget.write')
    .input(oneKeyInput.extend(quotaInput.shape))
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const key = await keyInSight(ctx, tx, input.id)
        const [before] = key.quotas
        const { quota, period } = input
        const scope = { kind: 'key', id: key.id } as const
        if (quota === null) {
          if (before) await budgets.remove(tx, ctx.org.id, before.id)
        } else {
          const set = { scope, period, limit: quota, mode: before?.mode ?? 'hard', sharing: 'pool' } as const
          const outcome = await budgets.set(tx, ctx.org.id, { ...set, ...(before ? { id: before.id } : {}) })
          if (!outcome.ok) throw quotaRefusals[outcome.reason]()
        }
        audit({
          action: 'key.set-quota',
          target: `key:${key.id}`,
          before: before ? { quota: before.limit, period: before.period } : { quota: null },
          after: quota === null ? { quota } : { quota, period },
        })
      }),
    ),
})

const quotaRefusals = {
  'not-found': () => refuse('conflict', 'Somebody changed this quota at the same time. Please try again.'),
  'no-scope': () => refuse('conflict', 'This key is revoked.'),
  taken: () => refuse('conflict', 'The key has another quota with this period.', 'period'),
  limit: () => refuse('invalid', 'Enter at most 9,000,000.', 'quota'),
}

const statusVerbs = { disable: keys.disable, enable: keys.enable, revoke: keys.revoke }

async function setStatus(ctx: Ctx, id: KeyId, to: keyof typeof statusVerbs): Promise<void> {
  await change(ctx, async (tx, audit) => {
    const key = await keyInSight(ctx, tx, id)
    const outcome = await statusVerbs[to](tx, ctx.org.id, key.id)
    if (!outcome.ok) throw refuse('conflict', 'This key is revoked, which cannot be undone.')
    audit({
      action: `key.${to}`,
      target: `key:${key.id}`,
      before: { status: key.status },
      after: { status: outcome.value },
    })
  })
}

const namesOf = (teams: readonly { id: string; name: string }[]) => teams.map(({ id, name }) => ({ id, name }))

/** All teams, or those somebody leads or is in. */
async function teamsInSight(ctx: Ctx) {
  const { sight } = ctx
  const teams = await listTeams(ctx.db, ctx.org.id)
  if (sight.kind === 'all') return teams
  const self = await oneMember(ctx.db, ctx.org.id, sight.memberId)
  const ids = new Set([...(self?.teams.map((team) => team.id) ?? []), ...ctx.leads])
  return teams.filter((team) => ids.has(team.id))
}
