import { databaseEnv } from '@tollkeeper/db/env'
import { redisEnv } from '@tollkeeper/redis/env'
import { z } from 'zod'

const everyMs = (normal: number) => z.coerce.number().int().min(50).max(86_400_000).default(normal)

const stores = z.object({ ...databaseEnv, ...redisEnv })

const schema = stores.extend({
  /** Console address put into policies, so that refusals can link to the page that explains them. */
  CONSOLE_URL: z.url().optional(),
  WORKER_HOST: z.string().default('127.0.0.1'),
  /** Health and metrics; 0 takes a free port. */
  WORKER_PORT: z.coerce.number().int().min(0).max(65_535).default(9464),
  OPEN_SHARDS_EVERY_MS: everyMs(2_000),
  DRAIN_EVERY_MS: everyMs(1_000),
  /** Entries that a consumer read this long ago and did not finish go to another one. */
  DRAIN_CLAIM_MS: everyMs(10_000),
  /** How soon proxies are told which charges of their journals are in the ledger. */
  CONFIRM_EVERY_MS: everyMs(1_000),
  /** A statement that records usage and takes longer is given up and comes again with the next run. */
  STATEMENT_TIMEOUT_MS: everyMs(5_000),
  SWEEP_EVERY_MS: everyMs(2_000),
  /** How long past its lease a hold is left to an owner that may only be slow. */
  SWEEP_GRACE_MS: z.coerce.number().int().min(0).max(600_000).default(5_000),
  PUBLISH_EVERY_MS: everyMs(2_000),
  CARRY_OVER_EVERY_MS: everyMs(30_000),
  RESOLVE_EVERY_MS: everyMs(600_000),
  RERATE_EVERY_MS: everyMs(1_000),
  WATCH_EVERY_MS: everyMs(5_000),
  /** So many unrecorded entries are an alarm, however young they are. */
  BACKLOG_ALARM_ENTRIES: z.coerce.number().int().min(1).default(50_000),
  /** How long evidence for a provisional charge is waited for. */
  EVIDENCE_WAIT_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(6 * 86_400_000)
    .default(86_400_000),
  VERIFY_EVERY_MS: everyMs(3_600_000),
  SYNC_LIMITS_EVERY_MS: everyMs(300_000),
  /** A proxy, which can ask providers for their limits; without it they are learned from traffic alone. */
  PROXY_URL: z.url().optional(),
  /** What the proxy wants to see for that. */
  INTERNAL_TOKEN: z.string().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

export type WorkerEnv = z.output<typeof schema>

/** Reads and checks the whole environment once. Throws one error that lists every problem. */
export const readEnv = (source: NodeJS.ProcessEnv = process.env): WorkerEnv =>
  checked(schema, source, 'The worker cannot start')

/** What `verify` needs: the addresses of both stores. */
export const readStores = (source: NodeJS.ProcessEnv = process.env): z.output<typeof stores> =>
  checked(stores, source, 'It cannot start')

function checked<Schema extends z.ZodType>(wanted: Schema, source: NodeJS.ProcessEnv, what: string): z.output<Schema> {
  const parsed = wanted.safeParse(source)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`${what}, its environment has problems:\n${problems.join('\n')}`)
}
