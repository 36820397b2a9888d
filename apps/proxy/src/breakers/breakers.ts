import {
  askBreaker,
  breakerStanding,
  endCanary,
  limited,
  type BreakerAnswer,
  type BreakerRules,
  type BreakerStanding,
  type CanaryEnd,
} from '@tollkeeper/domain/breaker'
import type { Instant } from '@tollkeeper/domain/time'
import type { BreakerId } from '@tollkeeper/redis/breaker-states'
import type { BreakerReply, BreakerStore } from '@tollkeeper/redis/breakers'
import { LRUCache } from 'lru-cache'
import { Mirror } from './mirror.ts'

/** What came of a call. */
export type CallEnd = {
  /** `neither`: the provider is there, and this says nothing of its health. `unknown`: not even that. */
  provider: 'well' | 'ill' | 'neither' | 'unknown'
  /** The credential is at a limit of the provider for so long; 0: it is not. */
  limitedMs: number
}

/** The breakers as this process knows them. */
export type Breakers = {
  /**
   * Whether a call may be made. At once while the breaker is closed or its cool-down runs; only the canary is asked for
   * at the store.
   */
  ask: (id: BreakerId, owner: string) => BreakerAnswer | Promise<BreakerAnswer>
  /** What came of a call that was let through; `isCanary` as `ask` said. */
  ended: (id: BreakerId, call: { owner: string; isCanary: boolean }, end: CallEnd) => void
  /** As `ask`, without asking for anything. */
  peek: (id: BreakerId) => Exclude<BreakerAnswer, { kind: 'canary' }>
  /** It was not made after all. */
  unsent: (id: BreakerId, call: { owner: string; isCanary: boolean }) => void
  /** Hears from now on what other processes find out. */
  listen: () => Promise<void>
  /** Those that have ever opened, as far as it is known here. */
  standings: () => { id: BreakerId; standing: BreakerStanding }[]
}

export type BreakersDeps = {
  store: BreakerStore
  rules: BreakerRules
  isAway: (error: unknown) => boolean
  onDefect: (error: unknown) => void
  /** Hears of each one that opens and closes. */
  onChange: (id: BreakerId, isOpen: boolean) => void
  /** The store's clock as far as it is known. */
  storeNow: () => Instant
}

const mostBreakers = 20_000

/**
 * A copy of each breaker that is used here. Failures are counted here and told to the store; what the store answers, or
 * announces, replaces what was concluded here. Without the store each process goes by its own copy.
 */
export function makeBreakers(deps: BreakersDeps): Breakers {
  const { store, rules, storeNow } = deps
  const mirrors = new LRUCache<string, Mirror>({ max: mostBreakers })

  function mirrorOf(id: BreakerId): Mirror {
    const name = keyOf(id)
    let mirror = mirrors.get(name)
    if (!mirror) mirrors.set(name, (mirror = new Mirror(id, rules)))
    return mirror
  }

  /** Changes a copy, and tells whether it has opened or closed. */
  function change(mirror: Mirror, how: () => void): void {
    const wasOpen = mirror.state.opening !== null
    how()
    const isOpen = mirror.state.opening !== null
    if (wasOpen !== isOpen) deps.onChange(mirror.id, isOpen)
  }

  /** Tells the store, and takes what it says for true; an absent store changes nothing. */
  function told(mirror: Mirror, asked: Promise<BreakerReply>): Promise<BreakerReply | undefined> {
    return asked.then(
      (reply) => {
        // What it does not know yet may be why it is open here.
        if (reply.state.opening || !mirror.hasNews) change(mirror, () => mirror.adopt(reply.state))
        return reply
      },
      (error: unknown) => {
        if (!deps.isAway(error)) deps.onDefect(error)
        return undefined
      },
    )
  }

  async function tellCounts(mirror: Mirror): Promise<void> {
    // One call at a time for each breaker: an outage must not become a flood of calls of the store.
    if (mirror.isTelling) return
    mirror.isTelling = true
    try {
      while (mirror.hasNews) await told(mirror, store.tally(mirror.id, mirror.takeNews(storeNow())))
    } finally {
      mirror.isTelling = false
    }
  }

  function endOf(mirror: Mirror, owner: string, end: CanaryEnd): void {
    const at = storeNow()
    change(mirror, () => {
      const { opening } = mirror.state
      // The lease may be another process's by now; then the store's answer puts this right.
      const ours = opening && { ...opening, canary: { owner, untilMs: at } }
      mirror.adopt(endCanary({ ...mirror.state, opening: ours }, rules, { owner, end }, at))
    })
    void told(mirror, store.end(mirror.id, { owner, end }))
  }

  return {
    ask(id, owner) {
      const mirror = mirrors.get(keyOf(id))
      if (!mirror) return closed
      const at = storeNow()
      const { opening, limitedUntilMs } = mirror.state
      if (!opening && limitedUntilMs <= at) return closed
      const isWaiting = limitedUntilMs > at || (opening !== null && opening.untilMs > at)
      if (isWaiting || (opening?.canary && opening.canary.untilMs > at))
        return askBreaker(mirror.state, rules, owner, at)[1]
      return told(mirror, store.ask(id, owner)).then((reply) => {
        if (reply) return reply.answer
        const [state, answer] = askBreaker(mirror.state, rules, owner, storeNow())
        mirror.state = state
        return answer
      })
    },
    ended(id, { owner, isCanary }, end) {
      const mirror = mirrorOf(id)
      if (isCanary) endOf(mirror, owner, canaryEnds[end.provider])
      else if (end.provider === 'well') mirror.answered(storeNow())
      else if (end.provider === 'ill') {
        change(mirror, () => mirror.failed(storeNow()))
        void tellCounts(mirror)
      }
      if (end.limitedMs === 0) return
      mirror.state = limited(mirror.state, end.limitedMs, storeNow())
      void told(mirror, store.limit(id, end.limitedMs))
    },
    peek(id) {
      const state = mirrors.get(keyOf(id))?.state
      if (!state) return closed
      const [, answer] = askBreaker(state, rules, '', storeNow())
      return answer.kind === 'canary' ? closed : answer
    },
    unsent(id, { owner, isCanary }) {
      if (isCanary) endOf(mirrorOf(id), owner, 'unsent')
    },
    listen: () =>
      store.onChange((id, shared) => {
        const mirror = mirrorOf(id)
        change(mirror, () => mirror.adopt(shared))
      }),
    standings() {
      const at = storeNow()
      return [...mirrors.values()]
        .filter(({ state }) => state.trips > 0)
        .map(({ id, state }) => ({ id, standing: breakerStanding(state, at) }))
    },
  }
}

const closed = { kind: 'closed' } as const

const canaryEnds = { well: 'answered', neither: 'answered', ill: 'failed', unknown: 'unsent' } as const

const keyOf = (id: BreakerId): string => `${id.orgId}/${id.providerId}/${id.credential}/${id.model}`
