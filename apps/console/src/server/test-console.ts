import { create as createMember, type Access } from '@tollkeeper/db/members'
import { create as createOrganisation, type Organisation } from '@tollkeeper/db/organisations'
import { putMember } from '@tollkeeper/db/teams'
import { create as createUser } from '@tollkeeper/db/users'
import type { MemberId, TeamId } from '@tollkeeper/domain/id'
import { redisReady } from '@tollkeeper/redis/connection'
import { disposablePostgres } from '@tollkeeper/testbed/postgres'
import { sharedRedis } from '@tollkeeper/testbed/redis'
import { appRouter } from '#server/router.ts'
import type { Session } from '#server/session.ts'
import { connectStores, type Stores } from '#server/stores.ts'
import { createCallerFactory } from '#server/trpc.ts'

const makeCaller = createCallerFactory(appRouter)
type Api = ReturnType<typeof makeCaller>

/** A member who can call procedures. */
export type Person = { api: Api; memberId: MemberId; session: Session }

export type TestConsole = {
  stores: Stores
  organisation(name: string): Promise<Organisation>
  /** A new member of the organisation; `leads` puts them at the head of a team. */
  person(org: Organisation, access: Access, leads?: TeamId): Promise<Person>
  /** Whoever is told to be signed in. */
  callerOf(session: Session | null): Api
  /** Nobody signed in. */
  stranger: Api
  stop(): Promise<void>
}

/** Procedures over a database and a Redis of their own, for one test file. */
export async function testConsole(): Promise<TestConsole> {
  const [postgres, redis] = await Promise.all([disposablePostgres(), sharedRedis()])
  const stores = connectStores({ databaseUrl: postgres.url, redisUrl: redis.url, consoleUrl: 'http://console.test' })
  await redisReady(stores.redis)
  const db = stores.database.prisma
  const callerOf = (session: Session | null): Api =>
    makeCaller({ stores, session, requestId: 'test', address: '192.0.2.1' })
  let people = 0
  return {
    stores,
    organisation: (name) => createOrganisation(db, { name, timeZone: 'Europe/Helsinki' }),
    async person(org, access, leads) {
      people += 1
      const who = { email: `person${people}@example.com`, name: `Person ${people}` }
      const user = await createUser(db, { ...who, passwordHash: null })
      if (!user) throw new Error('There is such a user already')
      const member = await createMember(db, org.id, { ...who, access, userId: user.id })
      if (!member.ok) throw new Error(`The person could not be made: ${member.reason}`)
      const memberId = member.value.id
      if (leads) await putMember(db, org.id, { teamId: leads, memberId, lead: true })
      const session = { userId: user.id, ...who }
      return { api: callerOf(session), memberId, session }
    },
    callerOf,
    stranger: callerOf(null),
    async stop() {
      stores.redis.disconnect()
      await stores.database.close()
      await Promise.all([postgres.stop(), redis.stop()])
    },
  }
}
