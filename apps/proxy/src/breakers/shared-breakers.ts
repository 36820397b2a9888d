import { makeBreakerStore, type BreakerStore } from '@tollkeeper/redis/breakers'
import type { Env } from '../env.ts'
import type { Breaker } from '../money/breaker.ts'
import type { Logger } from '../observe/logger.ts'
import { makeBreakers, type Breakers, type BreakersDeps } from './breakers.ts'

const windowSeconds = 30
type Redis = Parameters<typeof makeBreakerStore>[0]

/** How long the only call of a provider that was left alone may take until another may be made. */
const canaryMs = 30_000

export type SharedBreakersDeps = Pick<BreakersDeps, 'isAway' | 'onDefect' | 'storeNow'> & {
  redis: Redis
  /** Used for subscriptions only. */
  subscriber: Redis
  /** Asks the store, unless it is known to be away. */
  ask: Breaker['run']
  log: Pick<Logger, 'warn'>
}

/** The breakers that all processes share, by the rules of the environment; undefined where they are switched off. */
export function makeSharedBreakers(
  env: Env,
  { redis, subscriber, ask, log, ...deps }: SharedBreakersDeps,
): Breakers | undefined {
  if (!env.CIRCUIT_BREAKER_ENABLED) return undefined
  const rules = {
    failures: env.CIRCUIT_BREAKER_FAILURE_THRESHOLD,
    windowSeconds,
    leastPercent: env.CIRCUIT_BREAKER_MIN_FAILURE_PERCENT,
    cooldownMs: 1_000 * env.CIRCUIT_BREAKER_RECOVERY_TIMEOUT,
    canaryMs,
  }
  const direct = makeBreakerStore(redis, subscriber, rules)
  const store: BreakerStore = {
    tally: (...asked) => ask(() => direct.tally(...asked)),
    ask: (...asked) => ask(() => direct.ask(...asked)),
    end: (...asked) => ask(() => direct.end(...asked)),
    limit: (...asked) => ask(() => direct.limit(...asked)),
    onChange: direct.onChange,
  }
  const onChange: BreakersDeps['onChange'] = (id, isOpen) =>
    log.warn(id, isOpen ? 'a provider fails: it is left alone' : 'a provider answers again')
  return makeBreakers({ ...deps, onChange, store, rules })
}
