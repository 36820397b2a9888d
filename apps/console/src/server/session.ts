import { one } from '@tollkeeper/db/users'
import { cookies } from 'next/headers'
import { getToken } from 'next-auth/jwt'
import { cache } from 'react'
import { consoleEnv } from '#env.ts'
import { sessionCookieName } from '#server/auth.ts'
import { stores } from '#server/stores.ts'

/** Who is signed in. */
export type Session = { userId: string; email: string; name: string | null }

/** A session ends 7 days after its login, however busy it is; without use it ends after 12 hours (its cookie's age). */
const longestMs = 7 * 86_400_000

/**
 * The session of the present request, or null. Asks the database each time, so that logging out everywhere, a changed
 * password or a removed account ends every session at once (security.md T-SESS).
 */
export const currentSession = cache(async (): Promise<Session | null> => {
  const jar = await cookies()
  const env = consoleEnv()
  const request = { cookies: Object.fromEntries(jar.getAll().map((each) => [each.name, each.value])), headers: {} }
  const token = await getToken({
    // getToken reads nothing but cookies and headers of what it is given.
    req: request as unknown as Parameters<typeof getToken>[0]['req'],
    secret: env.NEXTAUTH_SECRET,
    cookieName: sessionCookieName(env),
  })
  if (!token?.sub || typeof token['signedInAt'] !== 'number') return null
  const signedInAt = token['signedInAt']
  if (Date.now() - signedInAt > longestMs) return null
  const user = await one(stores().database.prisma, token.sub)
  if (!user || signedInAt < user.sessionsValidFrom.getTime()) return null
  return { userId: user.id, email: user.email, name: user.name }
})
