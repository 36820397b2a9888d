import { z } from 'zod'
import { type Marks, noMarks, readMarks } from './marks.ts'

/**
 * What can be changed while the provider runs. A change names only what it changes; `null` takes a
 * setting back to what it was at the start.
 */
export const behaviourChangeSchema = z.strictObject({
  /** Answer calls with this status, until `statusCalls` of them were or it is taken back. */
  status: z.int().min(400).max(599).nullable().optional(),
  statusCalls: z.int().positive().nullable().optional(),
  retryAfterSeconds: z.int().nonnegative().nullable().optional(),
  /** Marks, written as in a prompt, for every call that does not have its own of that name. */
  marks: z
    .string()
    .transform((text, context): Marks => {
      const read = readMarks(text)
      if (read.kind === 'marks') return read.marks
      context.addIssue({ code: 'custom', message: read.message })
      return z.NEVER
    })
    .nullable()
    .optional(),
  /** The part of the calls that has these marks, spread evenly: 0.3 is three of ten. */
  marksShare: z.number().min(0).max(1).nullable().optional(),
  /** Answer every request of the API, the models list too, with 503. */
  outage: z.boolean().nullable().optional(),
  /** Milliseconds before the first byte of an answer. */
  ttftMs: z.number().nonnegative().max(3_600_000).nullable().optional(),
  /** Output tokens per second and choice; 0 is as fast as possible. */
  tokensPerSecond: z.number().nonnegative().max(1_000_000).nullable().optional(),
  /** Destroy the connection of a stream after that many output tokens. */
  cutStreamsAfter: z.int().nonnegative().nullable().optional(),
  /** The only key that is accepted; any other is answered with 401. */
  requiredKey: z.string().min(1).nullable().optional(),
  /** What a call is billed that ended before its last byte. */
  abortedBilling: z.enum(['generated', 'full', 'none']).nullable().optional(),
  /** Of each key. The buckets are always told in headers; `enforce` makes them refuse. */
  rateLimits: z
    .strictObject({
      requestsPerMinute: z.int().positive().optional(),
      tokensPerMinute: z.int().positive().optional(),
      enforce: z.boolean().optional(),
    })
    .nullable()
    .optional(),
})

export type BehaviourChange = z.input<typeof behaviourChangeSchema>

type ReadChange = z.output<typeof behaviourChangeSchema>

/** Limits of one key. */
export type RateLimits = { requestsPerMinute: number; tokensPerMinute: number; enforce: boolean }

/** How the provider behaves at the moment; see the change above for each part. */
export type Behaviour = {
  status: number | null
  statusCalls: number | null
  retryAfterSeconds: number | null
  marks: Marks
  marksShare: number
  outage: boolean
  ttftMs: number
  tokensPerSecond: number
  cutStreamsAfter: number | null
  requiredKey: string | null
  abortedBilling: 'generated' | 'full' | 'none'
  rateLimits: RateLimits
}

/** The behaviour of a provider that is well, with the pace it was started with. */
export function wellBehaved(pace: { ttftMs: number; tokensPerSecond: number }): Behaviour {
  return {
    status: null,
    statusCalls: null,
    retryAfterSeconds: null,
    marks: noMarks,
    marksShare: 1,
    outage: false,
    cutStreamsAfter: null,
    requiredKey: null,
    abortedBilling: 'generated',
    rateLimits: { requestsPerMinute: 30_000, tokensPerMinute: 150_000_000, enforce: false },
    ...pace,
  }
}

/**
 * The behaviour after a change, where `null` means as it was `atStart`. A new status without a number
 * of calls holds until it is taken back.
 */
export function changed(behaviour: Behaviour, change: ReadChange, atStart: Behaviour): Behaviour {
  const pick = <K extends keyof Behaviour>(name: K, wanted: Behaviour[K] | null | undefined): Behaviour[K] =>
    wanted === undefined ? behaviour[name] : (wanted ?? atStart[name])
  const limits = change.rateLimits === null ? atStart.rateLimits : behaviour.rateLimits
  const { requestsPerMinute, tokensPerMinute, enforce } = { ...change.rateLimits }
  return {
    status: pick('status', change.status),
    statusCalls: pick('statusCalls', change.status === undefined ? change.statusCalls : (change.statusCalls ?? null)),
    retryAfterSeconds: pick('retryAfterSeconds', change.retryAfterSeconds),
    marks: pick('marks', change.marks),
    marksShare: pick('marksShare', change.marksShare),
    outage: pick('outage', change.outage),
    ttftMs: pick('ttftMs', change.ttftMs),
    tokensPerSecond: pick('tokensPerSecond', change.tokensPerSecond),
    cutStreamsAfter: pick('cutStreamsAfter', change.cutStreamsAfter),
    requiredKey: pick('requiredKey', change.requiredKey),
    abortedBilling: pick('abortedBilling', change.abortedBilling),
    rateLimits: {
      requestsPerMinute: requestsPerMinute ?? limits.requestsPerMinute,
      tokensPerMinute: tokensPerMinute ?? limits.tokensPerMinute,
      enforce: enforce ?? limits.enforce,
    },
  }
}

/** The behaviour after one call was answered with the scripted status. */
export function afterScriptedCall(behaviour: Behaviour): Behaviour {
  if (behaviour.statusCalls === null) return behaviour
  if (behaviour.statusCalls > 1) return { ...behaviour, statusCalls: behaviour.statusCalls - 1 }
  return { ...behaviour, status: null, statusCalls: null }
}
