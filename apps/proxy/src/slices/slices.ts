import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import { tokenLimitsOf } from '@tollkeeper/domain/rate'
import type { Instant } from '@tollkeeper/domain/time'
import type { AttemptMeta } from '@tollkeeper/domain/usage'
import type { Hold, HoldReply, Release } from '@tollkeeper/redis/budgets'
import type { Standing } from '../standing/standing.ts'
import { RecentAmounts, sliceSize } from './size.ts'
import { Slice, type SliceShare } from './slice.ts'

/** What a request of a key had to hold, and of which kind it was. */
export type Seen = {
  amount: NanoUsd
  /** What was left on the tightest budget afterwards; null without a hard one, undefined when the store was not asked. */
  headroom: NanoUsd | null | undefined
  meta: Pick<AttemptMeta, 'providerId' | 'model' | 'priceVersion'>
}

/**
 * Slices: money of active keys that this process holds beforehand, so that organisations that chose it are answered
 * while the store is away. They are holds like any other, so no budget can be exceeded.
 */
export type Slices = {
  /** Notes that a key is active. Its slice is taken, resized and given back in the background. */
  note(standing: Standing, seen: Seen): void
  /** Most that one request can have of a key's slice. */
  leftOf(standing: Standing): NanoUsd
  /** Takes a part of a key's slice; undefined when there is less left, or none. */
  take(standing: Standing, amount: NanoUsd): SliceShare | undefined
  /** Whether this request is one of the few that use a slice in calm times, so that this way is known to work. */
  isDrill(standing: Standing, model: string): boolean
  /** Gives back what an organisation's slices hold, because somebody was refused for it. False: there are none. */
  yieldOf(orgId: OrgId): Promise<boolean>
  noteStoreAway(): void
  /** Whether the store was found to be away a moment ago: then asking it first only costs time. */
  readonly storeAway: boolean
  readonly count: number
  /** Gives all of them back. Resolves when the store has been told once. */
  stop(): Promise<void>
}

export type SlicesDeps = {
  hold: (hold: Hold) => Promise<HoldReply>
  release: (release: Release) => Promise<void>
  /** Stops renewing a lease. */
  closeLease: (orgId: OrgId, sliceId: AttemptId) => void
  newSliceId: () => AttemptId
  storeNow: () => Instant
  monotonic: () => number
  random: () => number
  onDefect: (error: unknown) => void
  /** How often they are looked after. */
  everyMs: number
  /** Per cent of calm requests that use their slice. */
  drillPercent: number
}

type Chain = {
  standing: Standing
  meta: Seen['meta']
  recent: RecentAmounts
  headroom: NanoUsd | null
  lastAt: number
  slice: Slice | undefined
  opening: boolean
}

const idleMs = 60_000
/** After the store was found away, how long requests and upkeep do not ask it first. */
const awayMs = 250
const upkeepPauseMs = 2_000

export function makeSlices(deps: SlicesDeps): Slices {
  const chains = new Map<string, Chain>()
  const ending = new Set<Promise<void>>()
  let awayUntil = Number.NEGATIVE_INFINITY
  let noUpkeepUntil = Number.NEGATIVE_INFINITY
  let stopped = false
  const timer = setInterval(upkeep, deps.everyMs)
  timer.unref()

  const nameOf = ({ record }: Standing): string => `${record.scopes.orgId}/${record.publicId}`
  const sizeOf = (chain: Chain): NanoUsd => sliceSize(chain.recent.p95, chain.headroom)
  const isCurrent = (slice: Slice, standing: Standing): boolean => slice.nodes === standing.nodesAt(deps.storeNow())

  function giveBack(orgId: OrgId, slice: Slice): void {
    if (slice.lost) return deps.closeLease(orgId, slice.id)
    const release = { orgId, attemptId: slice.id, nodes: slice.nodes, rates: [] }
    const done = deps.release(release).catch(deps.onDefect)
    ending.add(done)
    void done.finally(() => ending.delete(done))
  }

  async function open(chain: Chain, amount: NanoUsd): Promise<void> {
    chain.opening = true
    const { standing } = chain
    const { orgId } = standing.record.scopes
    const id = deps.newSliceId()
    const atMs = deps.storeNow()
    const nodes = standing.nodesAt(atMs)
    const meta = {
      ...chain.meta,
      requestId: id as string as AttemptMeta['requestId'],
      scopes: standing.record.scopes,
      atMs,
    }
    try {
      const reply = await deps.hold({ orgId, attemptId: id, amount, tokens: 0, nodes, rates: [], meta })
      if (reply.kind !== 'held') return
      const slice = new Slice(id, amount, nodes, () => giveBack(orgId, slice))
      chain.headroom = reply.headroom
      // The one before goes when what runs on it has ended.
      chain.slice?.retire()
      chain.slice = slice
      if (stopped) slice.retire()
    } catch {
      noUpkeepUntil = deps.monotonic() + upkeepPauseMs
    } finally {
      chain.opening = false
    }
  }

  function look(name: string, chain: Chain): void {
    const { slice } = chain
    if (deps.monotonic() - chain.lastAt > idleMs || chain.standing.org.policy.settings.storeOutage !== 'bounded') {
      slice?.retire()
      chains.delete(name)
      return
    }
    if (chain.opening) return
    const size = sizeOf(chain)
    const fits = slice && slice.left * 2n >= size && slice.left <= size * 2n && isCurrent(slice, chain.standing)
    if (fits) return
    if (size > 0n) return void open(chain, size)
    slice?.retire()
    chain.slice = undefined
  }

  function upkeep(): void {
    // While the store is away they are what there is.
    if (deps.monotonic() < noUpkeepUntil) return
    for (const [name, chain] of chains) look(name, chain)
  }

  return {
    note(standing, { amount, headroom, meta }) {
      const name = nameOf(standing)
      let chain = chains.get(name)
      if (!chain) {
        chain = {
          standing,
          meta,
          recent: new RecentAmounts(),
          headroom: headroom ?? null,
          lastAt: 0,
          slice: undefined,
          opening: false,
        }
        chains.set(name, chain)
      }
      Object.assign(chain, { standing, meta, lastAt: deps.monotonic() })
      chain.recent.add(amount)
      if (headroom !== undefined) chain.headroom = headroom
      if (!chain.slice && headroom !== undefined && !stopped) look(name, chain)
    },
    leftOf: (standing) => chains.get(nameOf(standing))?.slice?.left ?? 0n,
    take: (standing, amount) => chains.get(nameOf(standing))?.slice?.take(amount),
    isDrill(standing, model) {
      if (deps.random() * 100 >= deps.drillPercent) return false
      const slice = chains.get(nameOf(standing))?.slice
      // A slice takes no tokens, so where tokens are limited it is for outages only.
      const { rates } = standing.limitsFor(model)
      return slice !== undefined && isCurrent(slice, standing) && tokenLimitsOf(rates).length === 0
    },
    async yieldOf(orgId) {
      const before = ending.size
      for (const chain of chains.values()) {
        if (chain.standing.record.scopes.orgId !== orgId) continue
        chain.slice?.retire()
        chain.slice = undefined
      }
      if (ending.size === before) return false
      await Promise.all(ending)
      return true
    },
    noteStoreAway() {
      awayUntil = deps.monotonic() + awayMs
      noUpkeepUntil = deps.monotonic() + upkeepPauseMs
    },
    get storeAway() {
      return deps.monotonic() < awayUntil
    },
    get count() {
      let count = 0
      for (const { slice } of chains.values()) if (slice) count += 1
      return count
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      for (const { slice } of chains.values()) slice?.retire()
      chains.clear()
      await Promise.all(ending)
    },
  }
}
