import { randomBytes } from 'node:crypto'
import { create, revoke } from '@tollkeeper/db/keys'
import { one as oneMember } from '@tollkeeper/db/members'
import { list as listTeams } from '@tollkeeper/db/teams'
import type { KeyId, TeamId } from '@tollkeeper/domain/id'
import { hashKey, newestPepper, newKeyText } from '@tollkeeper/domain/key'
import { consoleEnv } from '#env.ts'
import { change } from '#server/change.ts'
import type { OrgContext, Sight } from '#server/trpc.ts'

const lifeMs = 10 * 60_000
/** nano-USD: five cents. */
const quota = { limit: 50_000_000n, period: 'all' } as const

/** The team that the caller's test requests are charged to; undefined where they may use none. */
export async function testTeamOf(ctx: OrgContext & { sight: Sight }): Promise<TeamId | undefined> {
  const self = await oneMember(ctx.db, ctx.org.id, ctx.member.id)
  const own = self?.teams[0]?.id
  if (own !== undefined || ctx.sight.kind !== 'all') return own
  return (await listTeams(ctx.db, ctx.org.id))[0]?.id
}

/** Runs `work` with a key of the caller that can spend five cents within ten minutes, and ends it afterwards. */
export async function withTestKey<T>(
  ctx: OrgContext,
  teamId: TeamId,
  work: (secret: string) => Promise<T>,
): Promise<T> {
  const { id, secret } = await mint(ctx, teamId)
  try {
    return await work(secret)
  } finally {
    await change(ctx, async (tx, audit) => {
      await revoke(tx, ctx.org.id, id)
      audit({ action: 'key.revoke', target: `key:${id}`, after: { purpose: 'test' } })
    })
  }
}

async function mint(ctx: OrgContext, teamId: TeamId): Promise<{ id: KeyId; secret: string }> {
  const { KEY_PEPPERS: peppers } = consoleEnv()
  const { text, publicId, last4 } = newKeyText(randomBytes)
  const pepperVersion = newestPepper(peppers)
  return change(ctx, async (tx, audit) => {
    const made = await create(tx, ctx.org.id, {
      name: 'Test request',
      purpose: 'test',
      publicId,
      last4,
      hash: hashKey(text, peppers, pepperVersion),
      pepperVersion,
      teamId,
      memberId: ctx.member.id,
      allowedModels: null,
      expiresAt: new Date(Date.now() + lifeMs),
      createdBy: ctx.member.name,
      quota,
    })
    if (!made.ok) throw new Error(`The test key could not be made: ${made.reason}`)
    const { id } = made.value
    audit({ action: 'key.create', target: `key:${id}`, after: { purpose: 'test', last4 } })
    return { id, secret: text }
  })
}
