import { databaseEnv } from '@tollkeeper/db/env'
import { peppersText } from '@tollkeeper/domain/key'
import { redisEnv } from '@tollkeeper/redis/env'
import { z } from 'zod'

const address = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
const origin = address.transform((text) => text.replace(/\/+$/, ''))

const level = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])

const shape = z
  .object({
    ...databaseEnv,
    ...redisEnv,
    /** Where people reach this console; also decides whether cookies are Secure. */
    NEXTAUTH_URL: origin,
    NEXTAUTH_SECRET: z.string().min(32, 'must have at least 32 characters'),
    KEY_PEPPERS: peppersText,
    /** X25519 public key (base64 DER) to which provider credentials are sealed. */
    CREDENTIAL_PUBLIC_KEY: z.base64('must be base64 of a DER key'),
    /** Shared with the proxy, for its internal routes. */
    INTERNAL_TOKEN: z.string().min(16, 'must have at least 16 characters'),
    /** Base address of the gateway as handed to people. */
    PROXY_PUBLIC_URL: origin,
    /** Where refusals send people; the console itself unless set. */
    CONSOLE_URL: origin.optional(),
    /** Present where a simulated provider runs: it is then offered among the providers. */
    SIMULATOR_URL: origin.optional(),
    /** 1: providers may be inside the own network, by plain http too. Otherwise only https on the public internet. */
    ALLOW_PRIVATE_PROVIDERS: z
      .enum(['0', '1'], 'must be 0 or 1')
      .default('0')
      .transform((text) => text === '1'),
    OIDC_ISSUER: address.optional(),
    OIDC_CLIENT_ID: z.string().min(1).optional(),
    OIDC_CLIENT_SECRET: z.string().min(1).optional(),
    OIDC_NAME: z.string().min(1).default('SSO'),
    LOG_LEVEL: level.default('info'),
  })
  .superRefine((env, context) => {
    const names = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const
    if (names.every((name) => env[name] === undefined)) return
    for (const name of names) {
      if (env[name] === undefined) {
        context.addIssue({ code: 'custom', path: [name], message: 'is needed with the other OIDC_ variables' })
      }
    }
  })

export type ConsoleEnv = z.output<typeof shape>

let parsed: ConsoleEnv | undefined

/** The environment, read once. Throws with every problem in one message, one per line. */
export function consoleEnv(): ConsoleEnv {
  parsed ??= parseConsoleEnv(process.env)
  return parsed
}

/** Like `consoleEnv`, of given variables. Empty text counts as absent. */
export function parseConsoleEnv(variables: Readonly<Record<string, string | undefined>>): ConsoleEnv {
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const result = shape.safeParse(present)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The console cannot start with this environment:\n${problems.join('\n')}`)
}

/** How much is logged; also where the rest of the environment is wrong or, as in tests, absent. */
export const logLevel = (): z.output<typeof level> => level.catch('info').parse(process.env['LOG_LEVEL'])
