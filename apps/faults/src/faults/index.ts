import type { Fault } from './fault.ts'
import { proxyKilled } from './f01-proxy-killed.ts'
import { proxyGone } from './f02-proxy-gone.ts'
import { proxyStopped } from './f03-proxy-stopped.ts'
import { proxyPaused } from './f04-proxy-paused.ts'
import { redisKilled } from './f11-redis-killed.ts'
import { redisSlow } from './f15-redis-slow.ts'
import { postgresKilled } from './f19-postgres-killed.ts'

/** The programme, in the order of faults.md 5.4. */
export const faults: readonly Fault[] = [
  proxyKilled,
  proxyGone,
  proxyStopped,
  proxyPaused,
  redisKilled,
  redisSlow,
  postgresKilled,
]
