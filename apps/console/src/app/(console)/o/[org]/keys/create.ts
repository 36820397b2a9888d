import { randomBytes } from 'node:crypto'
import { create, type ApiKey } from '@tollkeeper/db/keys'
import type { Db } from '@tollkeeper/db/client'
import { one as oneMember } from '@tollkeeper/db/members'
import { offeredModels } from '@tollkeeper/db/policies'
import { create as createTeam } from '@tollkeeper/db/teams'
import type { MemberId, TeamId } from '@tollkeeper/domain/id'
import { hashKey, newestPepper, newKeyText } from '@tollkeeper/domain/key'
import type { z } from 'zod'
import { consoleEnv } from '#env.ts'
import { change, type AuditLine } from '#server/change.ts'
import { refuse } from '#server/refusal.ts'
import type { OrgContext, Sight } from '#server/trpc.ts'
import { suggestedModel } from '../connect/suggested-model.ts'
import { expiryOf } from './expiry.ts'
import { newTeam, type createKeyInput } from './inputs.ts'

type Input = z.output<typeof createKeyInput>
type Ctx = OrgContext & { sight: Sight }

/** A key as it is answered once: `secret` is its text, which is kept nowhere. Beside it, what snippets need. */
export type MadeKey = {
  id: ApiKey['id']
  name: string
  last4: string
  expiresAt: Date | null
  allowedModels: readonly string[] | null
  secret: string
  gateway: string
  /** Null when the key may use no model that is offered now. */
  model: string | null
}

/** Makes a key, and its team where that is new. Throws refusals for people. */
export async function createKey(ctx: Ctx, input: Input): Promise<MadeKey> {
  const { KEY_PEPPERS: peppers, PROXY_PUBLIC_URL: gateway } = consoleEnv()
  const expiresAt = expiryOf(input, ctx.org.timeZone, Date.now())
  if (expiresAt === undefined) throw refuse('invalid', 'Choose a day that is not over.', 'expiresOn')
  const model = suggestedModel(await offeredModels(ctx.db, ctx.org.id), input.allowedModels)
  return change(ctx, async (tx, audit) => {
    await checkPlace(ctx, tx, input)
    const teamId = input.teamId === newTeam ? await makeTeam(ctx, tx, input.teamName, audit) : input.teamId
    const { text, publicId, last4 } = newKeyText(randomBytes)
    const pepperVersion = newestPepper(peppers)
    const made = await create(tx, ctx.org.id, {
      name: input.name,
      publicId,
      last4,
      hash: hashKey(text, peppers, pepperVersion),
      pepperVersion,
      teamId,
      memberId: input.ownerId,
      allowedModels: input.allowedModels,
      expiresAt,
      createdBy: ctx.member.name,
      quota: input.quota === null ? null : { limit: input.quota, period: input.period },
    })
    if (!made.ok) throw refusals[made.reason]()
    const { id, name, team, member, allowedModels } = made.value
    audit({
      action: 'key.create',
      target: `key:${id}`,
      after: {
        name,
        last4,
        team: team.name,
        owner: member?.name ?? null,
        quota: input.quota,
        period: input.quota === null ? null : input.period,
        allowedModels,
        expiresAt,
      },
    })
    return { id, name, last4, expiresAt, allowedModels, secret: text, gateway, model }
  })
}

const refusals = {
  'no-team': () => refuse('not-found', 'There is no such team.', 'teamId'),
  'no-member': () => refuse('not-found', 'There is no such person.', 'ownerId'),
  limit: () => refuse('invalid', 'Enter at most 9,000,000.', 'quota'),
}

/** Members make keys for themselves in teams they are in; leads for anybody, or a service, in the teams they lead. */
async function checkPlace(ctx: Ctx, tx: Db, input: Input): Promise<void> {
  const { sight } = ctx
  if (sight.kind === 'all') return
  const leads = sight.kind === 'team' && sight.teamIds.some((id) => id === input.teamId)
  const self = input.ownerId === ctx.member.id
  const ownTeams = await teamsOf(tx, ctx, ctx.member.id)
  if (!leads && !ownTeams.some((id) => id === input.teamId)) throw refusals['no-team']()
  if (self) return
  if (!leads) throw refuse('forbidden', 'You can create keys only for yourself in this team.', 'ownerId')
  if (input.ownerId !== null && !(await teamsOf(tx, ctx, input.ownerId)).some((id) => id === input.teamId)) {
    throw refusals['no-member']()
  }
}

async function teamsOf(tx: Db, ctx: Ctx, memberId: MemberId): Promise<TeamId[]> {
  const member = await oneMember(tx, ctx.org.id, memberId)
  return member && member.removedAt === null ? member.teams.map((team) => team.id) : []
}

async function makeTeam(ctx: Ctx, tx: Db, name: string, audit: (line: AuditLine) => void): Promise<TeamId> {
  if (ctx.sight.kind !== 'all') throw refusals['no-team']()
  const made = await createTeam(tx, ctx.org.id, name)
  if (!made.ok) throw refuse('conflict', 'There is already a team with this name.', 'teamName')
  audit({ action: 'team.create', target: `team:${made.value.id}`, after: { name } })
  return made.value.id
}
