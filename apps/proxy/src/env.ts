import { peppersText } from '@tollkeeper/domain/key'
import { usdInput } from '@tollkeeper/domain/price'
import { leaseEnv, redisEnv } from '@tollkeeper/redis/env'
import { z } from 'zod'

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(least).max(most))

const schema = z.object({
  ...redisEnv,
  ...leaseEnv,
  /** How long a question to Redis may take that a request waits for. */
  STORE_TIMEOUT_MS: wholeNumber(10, 10_000).default(100),
  PROXY_HOST: z.string().default('127.0.0.1'),
  PROXY_PORT: wholeNumber(0, 65_535).default(8_080),
  /** Connections that are accepted at a time. */
  PROXY_MAX_CONNECTIONS: wholeNumber(1, 1_000_000).default(20_000),
  /** Streams, whole answers, and requests at one provider that run at a time. */
  PROXY_MAX_STREAMS: wholeNumber(1, 1_000_000).default(6_000),
  PROXY_MAX_WHOLE: wholeNumber(1, 1_000_000).default(4_000),
  PROVIDER_MAX_RUNNING: wholeNumber(1, 1_000_000).default(1_000),
  /** How long a request waits for its turn where too many run, and how many may wait at one limit. */
  PERMIT_WAIT_MS: wholeNumber(0, 60_000).default(100),
  PERMIT_QUEUE: wholeNumber(0, 100_000).default(1_000),
  /** Per cent of calm requests that use their slice, so that this way is known to work; for organisations that have slices. */
  SLICE_DRILL_PERCENT: wholeNumber(0, 100).default(1),
  /** Folder of the journal on a disk of this host; without one, charges have one copy less. */
  JOURNAL_DIR: z.string().optional(),
  /** What all organisations together may spend per day or month, by UTC; none unless set. */
  PLATFORM_BUDGET_USD: usdInput.optional(),
  PLATFORM_BUDGET_PERIOD: z.enum(['day', 'month']).default('month'),
  KEY_PEPPERS: peppersText,
  CREDENTIAL_PRIVATE_KEY: z.base64('must be the base64 DER of the private key'),
  INTERNAL_TOKEN: z.string().min(32, 'must have at least 32 characters'),
  METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** After SIGTERM it is not ready, and still listens for this long: balancers look every few seconds. */
  SHUTDOWN_LISTEN_MS: wholeNumber(0, 600_000).default(5_000),
  SHUTDOWN_GRACE_MS: wholeNumber(0, 3_600_000).default(120_000),
  /** 1: providers may be inside the own network, by plain http too. Otherwise only https on the public internet. */
  ALLOW_PRIVATE_PROVIDERS: z
    .enum(['0', '1'], 'must be 0 or 1')
    .default('0')
    .transform((text) => text === '1'),
  /** Until a provider takes the connection, and until the head of a stream. */
  UPSTREAM_CONNECT_MS: wholeNumber(1, 3_600_000).default(2_000),
  UPSTREAM_FIRST_BYTE_MS: wholeNumber(1, 3_600_000).default(30_000),
  /** Between two pieces of any answer. */
  UPSTREAM_IDLE_MS: wholeNumber(1, 3_600_000).default(30_000),
  /** Until the last byte of a whole answer, which a provider begins to send when it has all of it. */
  UPSTREAM_WHOLE_MS: wholeNumber(1, 3_600_000).default(600_000),
  /** A whole request, with all its attempts and to the last byte of a stream; its caller may ask for less. */
  REQUEST_DEADLINE_MS: wholeNumber(1, 86_400_000).default(3_600_000),
  /**
   * Whether a provider that fails is left alone for a while: after how many failures in 30 s, which are at least that many
   * per cent of all calls, and for how many seconds.
   */
  CIRCUIT_BREAKER_ENABLED: z.stringbool().default(true),
  CIRCUIT_BREAKER_FAILURE_THRESHOLD: wholeNumber(1, 1_000_000).default(5),
  CIRCUIT_BREAKER_MIN_FAILURE_PERCENT: wholeNumber(0, 100).default(50),
  CIRCUIT_BREAKER_RECOVERY_TIMEOUT: wholeNumber(1, 86_400).default(60),
  /** Streams that go on to their usage report at a time after their client left. */
  DRAIN_LIMIT: wholeNumber(0, 1_000_000).default(500),
})

/** The environment of this process. */
export type Env = z.output<typeof schema>

/** Reads the environment; an empty variable is an absent one. @throws Error with every problem */
export function readEnv(variables: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The environment is not right:\n${problems.join('\n')}`)
}
