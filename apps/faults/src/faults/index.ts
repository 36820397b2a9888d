import type { Fault } from './fault.ts'
import { proxyKilled } from './f01-proxy-killed.ts'
import { proxyGone } from './f02-proxy-gone.ts'
import { proxyStopped } from './f03-proxy-stopped.ts'
import { proxyPaused } from './f04-proxy-paused.ts'
import { workerKilled } from './f07-worker-killed.ts'
import { workersGone } from './f08-workers-gone.ts'
import { workerPaused } from './f09-worker-paused.ts'
import { eventsRepeated } from './f10-events-repeated.ts'
import { redisKilled } from './f11-redis-killed.ts'
import { redisEmpty } from './f12-redis-empty.ts'
import { redisOlder } from './f13-redis-older.ts'
import { redisEmptied } from './f14-redis-emptied.ts'
import { redisSlow } from './f15-redis-slow.ts'
import { redisFull } from './f16-redis-full.ts'
import { replicaPromoted } from './f18-replica-promoted.ts'
import { postgresKilled } from './f19-postgres-killed.ts'
import { postgresSlow } from './f20-postgres-slow.ts'
import { postgresFull } from './f21-postgres-full.ts'
import { journalBroken } from './f23-journal-broken.ts'
import { clocks } from './f24-clocks.ts'
import { calendar } from './f25-calendar.ts'
import { clients } from './f33-clients.ts'
import { changes } from './f39-changes.ts'
import { twoReleases } from './f41-two-releases.ts'
import { jobsTwice } from './f44-jobs-twice.ts'

/** The programme, in the order of faults.md 5.4. */
export const faults: readonly Fault[] = [
  proxyKilled,
  proxyGone,
  proxyStopped,
  proxyPaused,
  workerKilled,
  workersGone,
  workerPaused,
  eventsRepeated,
  redisKilled,
  redisEmpty,
  redisOlder,
  redisEmptied,
  redisSlow,
  redisFull,
  replicaPromoted,
  postgresKilled,
  postgresSlow,
  postgresFull,
  journalBroken,
  clocks,
  calendar,
  clients,
  changes,
  twoReleases,
  jobsTwice,
]
