import { z } from 'zod'

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most))

const status = z
  .string()
  .regex(/^[45]\d\d(;retry-after=[\x20-\x7e]{1,200})?$/)
  .transform((text) => {
    const [code, retryAfter = null] = text.split(';retry-after=')
    return { code: Number(code), retryAfter }
  })

/** How a connection breaks: without an end, with a reset, or with an end as if all had been said. */
const cut = z
  .string()
  .regex(/^\d{1,9}(;(reset|close))?$/)
  .transform((text): Cut => {
    const [after, how] = text.split(';')
    return { after: Number(after), how: how === 'reset' || how === 'close' ? how : 'break' }
  })

/** After how many output tokens a connection breaks, and how. */
export type Cut = { after: number; how: 'break' | 'reset' | 'close' }

const bare = z.literal(true)

/** Answers that are none, or come in a way that few expect; each is described in the README. */
const garbageKinds = [
  'html',
  'content-type',
  'truncated',
  'utf8',
  'huge-line',
  'tiny-events',
  'gzip-bomb',
  'stacked',
  'many-headers',
  'long-header',
  'second-response',
  'chunk-extension',
] as const

/** One kind of garbage. */
export type Garbage = (typeof garbageKinds)[number]

/** Ways in which reported usage lies. */
const lies = [
  'missing',
  'null',
  'zero',
  'negative',
  'huge',
  'float',
  'text',
  'infinite',
  'above-cap',
  'twice',
  'decreasing',
] as const

const marksSchema = z.strictObject({
  status: status.optional(),
  cut: cut.optional(),
  fail: wholeNumber(0, 999_999_999).optional(),
  stall: wholeNumber(0, 999_999_999).optional(),
  slow: wholeNumber(0, 3_600_000).optional(),
  tps: wholeNumber(1, 1_000_000).optional(),
  drip: wholeNumber(0, 3_600_000).optional(),
  endless: bare.optional(),
  say: z.string().optional(),
  tokens: wholeNumber(0, 1_000_000).optional(),
  usage: z.enum(lies).optional(),
  worst: bare.optional(),
  hang: z.union([bare.transform((): 'accept' => 'accept'), z.literal('headers')]).optional(),
  garbage: z.enum(garbageKinds).optional(),
  tool: z.union([bare.transform(() => 1), wholeNumber(1, 16)]).optional(),
  cached: wholeNumber(0, 999_999_999).optional(),
})

/** What the marks of a prompt ask for; each is described in the README. */
export type Marks = z.infer<typeof marksSchema>

/** No marks at all, always the same value. */
export const noMarks: Marks = {}

/** Marks as read, or the sentence that says which one is not understood. */
export type MarksRead = { kind: 'marks'; marks: Marks } | { kind: 'unreadable'; message: string }

const markPattern = /\[\[sim:([a-z-]+)(?:=([\s\S]*?))?\]\]/g

/** Reads the `[[sim:…]]` marks of a prompt. Of two marks of one name the last counts. */
export function readMarks(prompt: string): MarksRead {
  if (!prompt.includes('[[sim:')) return { kind: 'marks', marks: {} }
  const found: Record<string, string | undefined> = {}
  for (const [, name = '', value] of prompt.matchAll(markPattern)) found[name] = value
  // A bare mark has no value, and a key with the value undefined would read as absent.
  const given = Object.fromEntries(Object.entries(found).map(([name, value]) => [name, value ?? true]))
  const parsed = marksSchema.safeParse(given)
  if (parsed.success) return { kind: 'marks', marks: parsed.data }
  const names = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.'),
  )
  return { kind: 'unreadable', message: `Simulator mark not understood: ${names.join(', ')}.` }
}
