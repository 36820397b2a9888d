/** A mix of requests (faults.md 5.3), scaled to two cores that the whole product and its load share. */
export type LoadProfile = {
  readonly perSecond: number
  readonly streamPercent: number
  /** Streams that their client leaves in the middle. */
  readonly leavePercent: number
  /** Requests with keys whose quota is nearly used up, or is. */
  readonly tightPercent: number
  /** Tokens of an answer. */
  readonly tokens: readonly [number, number]
  /** How long a stream runs, in milliseconds. */
  readonly streamMs: readonly [number, number]
  readonly organisations: number
  readonly keysEach: number
  /** nano-USD of each tight quota: worth a few requests, so that a short run reaches it. */
  readonly tightQuota: bigint
}

const l1: LoadProfile = {
  perSecond: 30,
  streamPercent: 60,
  leavePercent: 10,
  tightPercent: 20,
  tokens: [10, 60],
  streamMs: [300, 3_000],
  organisations: 8,
  keysEach: 5,
  tightQuota: 120_000n,
}

/** L0: few and easy. L1: the standard mix. L2: many open streams, everybody near a limit. */
export const loadProfiles = {
  L0: { ...l1, perSecond: 8, streamPercent: 50, tightPercent: 10 },
  L1: l1,
  L2: { ...l1, perSecond: 25, streamPercent: 90, tightPercent: 50, streamMs: [2_000, 6_000], tightQuota: 250_000n },
} as const satisfies Record<string, LoadProfile>

export type LoadName = keyof typeof loadProfiles

/** The same mix with short answers: a machine can send several times as many of them. */
export const lighter = (profile: LoadProfile): LoadProfile => ({
  ...profile,
  streamPercent: 0.5 * profile.streamPercent,
  tokens: [3, 12],
})
