import { z } from 'zod'

const wholeNumber = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().max(most))

const envSchema = z.object({
  SIMULATOR_PORT: wholeNumber(65_535).default(9_099),
  SIMULATOR_HOST: z.string().default('127.0.0.1'),
  SIMULATOR_RECORD_FILE: z.string().optional(),
  SIMULATOR_TTFT_MS: wholeNumber(3_600_000).default(0),
  SIMULATOR_TOKENS_PER_SECOND: wholeNumber(1_000_000).default(0),
  SIMULATOR_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
})

/** The environment of this process. */
export type Env = z.infer<typeof envSchema>

/** Reads the environment; an empty variable is an absent one. Throws one error with every problem. */
export function readEnv(variables: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const parsed = envSchema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The environment is not right:\n${problems.join('\n')}`)
}
