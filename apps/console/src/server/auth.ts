import { randomUUID } from 'node:crypto'
import * as users from '@tollkeeper/db/users'
import type { NextAuthOptions } from 'next-auth'
import Credentials from 'next-auth/providers/credentials'
import { consoleEnv, type ConsoleEnv } from '#env.ts'
import { log } from '#server/log.ts'
import { linkIdentity } from '#server/identities.ts'
import { checkPassword } from '#server/passwords.ts'
import { makeAttemptLimit } from '#server/sign-in-limit.ts'
import { stores } from '#server/stores.ts'
import { paths } from '#paths.ts'

const idleSeconds = 12 * 3600

const overHttps = (env: ConsoleEnv): boolean => env.NEXTAUTH_URL.startsWith('https:')

/** `__Host-` ties the cookie to this host and https (security.md T-CSRF); plain http, on a laptop, cannot have it. */
export const sessionCookieName = (env: ConsoleEnv): string => (overHttps(env) ? '__Host-session' : 'session')

/** Name of the OIDC provider inside next-auth's URLs. */
const oidcProvider = 'oidc'

/** Whether people can sign in by OIDC, and what the provider is called. */
export const oidcName = (env: ConsoleEnv): string | null => (env.OIDC_ISSUER ? env.OIDC_NAME : null)

/** The address of the caller as the web server in front tells it; the last hop is the one that cannot be made up. */
export const addressOf = (headers: { get(name: string): string | null }): string =>
  headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? 'unknown'

/** Everything about signing in. Only this file knows next-auth's options. */
export function authOptions(): NextAuthOptions {
  const env = consoleEnv()
  return {
    secret: env.NEXTAUTH_SECRET,
    session: { strategy: 'jwt', maxAge: idleSeconds },
    pages: { signIn: paths.signIn, error: paths.signIn },
    useSecureCookies: overHttps(env),
    cookies: {
      sessionToken: {
        name: sessionCookieName(env),
        options: { httpOnly: true, sameSite: 'lax', path: '/', secure: overHttps(env) },
      },
    },
    providers: [passwordProvider(), ...oidcProviders(env)],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.provider !== oidcProvider) return true
        const claims: { email?: string; email_verified?: boolean; name?: string } | undefined = profile
        const linked = await linkIdentity(stores().database.prisma, {
          provider: oidcProvider,
          subject: account.providerAccountId,
          email: claims?.email_verified === true ? (claims.email ?? null) : null,
          name: claims?.name ?? null,
        })
        if (!linked) return false
        user.id = linked
        return true
      },
      async jwt({ token, user, trigger }) {
        if (trigger !== 'signIn' && trigger !== 'signUp') return token
        // A new login is a new session: nothing of an earlier token is kept. Never older than what the account accepts,
        // whatever the clocks of this host and of the database say.
        const account = await users.one(stores().database.prisma, user.id)
        const signedInAt = Math.max(Date.now(), account?.sessionsValidFrom.getTime() ?? 0)
        return { sub: user.id, sid: randomUUID(), signedInAt }
      },
      // What /api/auth/session tells the browser: only until when. The rest comes from the server's own pages.
      session: ({ session }) => ({ expires: session.expires }),
    },
    logger: {
      error: (code, metadata) => log().error({ code, message: messageOf(metadata) }, 'sign-in failed'),
      warn: (code) => log().warn({ code }, 'sign-in warning'),
      debug: () => {},
    },
  }
}

const messageOf = (metadata: unknown): string | undefined => {
  const problem = metadata instanceof Error ? metadata : (metadata as { error?: unknown } | undefined)?.error
  return problem instanceof Error ? problem.message : undefined
}

function passwordProvider() {
  return Credentials({
    id: 'password',
    name: 'Password',
    credentials: { email: { type: 'email' }, password: { type: 'password' } },
    async authorize(credentials, request) {
      const email = credentials?.email?.trim().toLowerCase() ?? ''
      const password = credentials?.password ?? ''
      if (email === '' || password === '' || password.length > 1024) return null
      const { database, redis } = stores()
      const limit = makeAttemptLimit(redis, 'password')
      const headers = request.headers as Record<string, string | undefined> | undefined
      const ip = addressOf({ get: (name) => headers?.[name] ?? null })
      const wait = await limit.waitSeconds(ip, email)
      // next-auth hands the message to the browser as `error`.
      if (wait > 0) throw new Error(`wait:${wait}`)
      const user = await users.byEmail(database.prisma, email)
      if (!(await checkPassword(user?.passwordHash ?? null, password)) || !user) {
        await limit.failed(ip, email)
        return null
      }
      await limit.succeeded(ip, email)
      return { id: user.id }
    },
  })
}

function oidcProviders(env: ConsoleEnv): NextAuthOptions['providers'] {
  if (!env.OIDC_ISSUER || !env.OIDC_CLIENT_ID || !env.OIDC_CLIENT_SECRET) return []
  return [
    {
      id: oidcProvider,
      name: env.OIDC_NAME,
      type: 'oauth',
      wellKnown: `${env.OIDC_ISSUER.replace(/\/+$/, '')}/.well-known/openid-configuration`,
      issuer: env.OIDC_ISSUER,
      idToken: true,
      checks: ['pkce', 'state', 'nonce'],
      authorization: { params: { scope: 'openid email profile' } },
      clientId: env.OIDC_CLIENT_ID,
      clientSecret: env.OIDC_CLIENT_SECRET,
      profile: (claims: { sub: string }) => ({ id: claims.sub }),
    },
  ]
}
