import { z } from 'zod'

/**
 * What can be changed while the provider runs. A change names only what it changes; `null` takes a
 * setting back.
 */
export const behaviourChangeSchema = z.strictObject({
  /** Answer calls with this status, until `statusCalls` of them were or it is taken back. */
  status: z.int().min(400).max(599).nullable().optional(),
  statusCalls: z.int().positive().nullable().optional(),
  retryAfterSeconds: z.int().nonnegative().nullable().optional(),
  /** Answer every request of the API, the models list too, with 503. */
  outage: z.boolean().optional(),
  /** Milliseconds before the first byte of an answer. */
  ttftMs: z.number().nonnegative().max(3_600_000).optional(),
  /** Output tokens per second and choice; 0 is as fast as possible. */
  tokensPerSecond: z.number().nonnegative().max(1_000_000).optional(),
  /** Destroy the connection of a stream after that many output tokens. */
  cutStreamsAfter: z.int().nonnegative().nullable().optional(),
  /** The only key that is accepted; any other is answered with 401. */
  requiredKey: z.string().min(1).nullable().optional(),
  /** What a call is billed that ended before its last byte. */
  abortedBilling: z.enum(['generated', 'full', 'none']).optional(),
  /** Of each key. The buckets are always told in headers; `enforce` makes them refuse. */
  rateLimits: z
    .strictObject({
      requestsPerMinute: z.int().positive().optional(),
      tokensPerMinute: z.int().positive().optional(),
      enforce: z.boolean().optional(),
    })
    .optional(),
})

export type BehaviourChange = z.infer<typeof behaviourChangeSchema>

/** Limits of one key. */
export type RateLimits = { requestsPerMinute: number; tokensPerMinute: number; enforce: boolean }

/** How the provider behaves at the moment; see the change above for each part. */
export type Behaviour = {
  status: number | null
  statusCalls: number | null
  retryAfterSeconds: number | null
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
    outage: false,
    cutStreamsAfter: null,
    requiredKey: null,
    abortedBilling: 'generated',
    rateLimits: { requestsPerMinute: 30_000, tokensPerMinute: 150_000_000, enforce: false },
    ...pace,
  }
}

/** The behaviour after a change. A new status without a number of calls holds until taken back. */
export function changed(behaviour: Behaviour, change: BehaviourChange): Behaviour {
  const { rateLimits, ...rest } = change
  const statusCalls = change.status === undefined ? behaviour.statusCalls : null
  return {
    ...behaviour,
    statusCalls,
    ...given(rest),
    rateLimits: { ...behaviour.rateLimits, ...given(rateLimits ?? {}) },
  }
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function given<T extends object>(change: T): Given<T> {
  const entries = Object.entries(change).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Given<T>
}

/** The behaviour after one call was answered with the scripted status. */
export function afterScriptedCall(behaviour: Behaviour): Behaviour {
  if (behaviour.statusCalls === null) return behaviour
  if (behaviour.statusCalls > 1) return { ...behaviour, statusCalls: behaviour.statusCalls - 1 }
  return { ...behaviour, status: null, statusCalls: null }
}
