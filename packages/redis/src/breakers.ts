import type { AgedTally, BreakerAnswer, BreakerRules, BreakerState, CanaryEnd } from '@tollkeeper/domain/breaker'
import type { Redis } from 'ioredis'
import { breakerName, breakerText, readBreakerText, type BreakerId } from './breaker-states.ts'
import { reachable } from './connection.ts'
import { breakerChannel, breakerIndexKey, breakerKey } from './keys.ts'
import { readReply } from './reply.ts'
import { defineScript } from './script.ts'

/** A breaker as all processes know it: without what was counted. */
export type SharedBreaker = Omit<BreakerState, 'tallies'>

/** What the store said of it, and its time then. */
export type BreakerReply = { state: SharedBreaker; answer: BreakerAnswer; nowMs: number }

/** Breakers that all processes share. Every verb but `ask` for an open one may be left out: it is told later or never. */
export type BreakerStore = {
  /** Counts what came of calls. @throws StoreUnavailable */
  tally: (id: BreakerId, counts: readonly AgedTally[]) => Promise<BreakerReply>
  /** Asks for a call, which becomes the canary where there is one to be. @throws StoreUnavailable */
  ask: (id: BreakerId, owner: string) => Promise<BreakerReply>
  /** Ends the canary. @throws StoreUnavailable */
  end: (id: BreakerId, canary: { owner: string; end: CanaryEnd }) => Promise<BreakerReply>
  /** Holds calls back for some ms. @throws StoreUnavailable */
  limit: (id: BreakerId, ms: number) => Promise<BreakerReply>
  /** Calls `listener` whenever any breaker changes, from when the promise resolves. Announcements can be lost. */
  onChange: (listener: (id: BreakerId, state: SharedBreaker) => void) => Promise<void>
}

const breakerScript = defineScript('breaker_v1')

/** `subscriber`: a connection that is used for subscriptions only (`connectRedisPatiently`). */
export function makeBreakerStore(redis: Redis, subscriber: Redis, rules: BreakerRules): BreakerStore {
  const { failures, windowSeconds, leastPercent, cooldownMs, canaryMs } = rules
  const ruleArgs = [failures, windowSeconds, leastPercent, cooldownMs, canaryMs]
  const run = async (what: string, id: BreakerId, args: readonly (string | number)[], owner = '') => {
    const keys = [breakerKey(id.orgId, breakerName(id)), breakerIndexKey(id.orgId)]
    const head = [what, breakerName(id), breakerText(id), breakerChannel]
    return parse(await breakerScript.run(redis, keys, [...head, ...ruleArgs, ...args]), owner, canaryMs)
  }
  return {
    tally: (id, counts) =>
      run(
        'tally',
        id,
        counts.flatMap(({ age, answered, failed }) => [age, answered, failed]),
      ),
    ask: (id, owner) => run('ask', id, [owner], owner),
    end: (id, { owner, end }) => run('end', id, [owner, end]),
    limit: (id, ms) => run('limit', id, [ms]),
    async onChange(listener) {
      subscriber.on('message', (channel: string, message: string) => {
        if (channel !== breakerChannel) return
        const told = readAnnouncement(message)
        if (told) listener(told.id, told.state)
      })
      await reachable(subscriber.subscribe(breakerChannel))
    },
  }
}

function parse(raw: unknown, owner: string, canaryMs: number): BreakerReply {
  const size = 8
  const reply = readReply(breakerScript.name, raw, { CLOSED: size, CANARY: size, WAIT: size, LIMITED: size })
  const [nowMs, since, until, canary, limited, trips, wait] = [1, 2, 3, 4, 5, 6, 7].map(reply.count) as Seven
  const state = stateOf({ since, until, canary, limited, trips }, owner)
  switch (reply.kind) {
    case 'CLOSED':
      return { state, answer: { kind: 'closed' }, nowMs }
    case 'CANARY':
      return { state, answer: { kind: 'canary' }, nowMs }
    default:
      // Half-open without a canary, and not asked for one: as long as one would take.
      return { state, answer: { kind: 'wait', ms: wait || canaryMs, limited: reply.kind === 'LIMITED' }, nowMs }
  }
}

type Seven = [number, number, number, number, number, number, number]
type Times = { since: number; until: number; canary: number; limited: number; trips: number }

const stateOf = ({ since, until, canary, limited, trips }: Times, owner: string): SharedBreaker => ({
  opening: until === 0 ? null : { sinceMs: since, untilMs: until, canary: canary ? { owner, untilMs: canary } : null },
  limitedUntilMs: limited,
  trips,
})

function readAnnouncement(message: string): { id: BreakerId; state: SharedBreaker } | undefined {
  const words = message.split(' ')
  const text = words.at(-1)
  const times = words.slice(0, -1).map(Number)
  const id = readBreakerText(text ?? '')
  if (!id || times.length !== 5 || times.some((time) => !Number.isSafeInteger(time))) return undefined
  const [since, until, canary, limited, trips] = times as [number, number, number, number, number]
  return { id, state: stateOf({ since, until, canary, limited, trips }, '') }
}
