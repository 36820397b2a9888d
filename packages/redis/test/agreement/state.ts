import { inOrg, type Ledger } from '@tollkeeper/domain/ledger'
import { windowAt } from '@tollkeeper/domain/rate'
import type { Redis } from 'ioredis'
import { counterKey, holdKey, leaseMember, leasesKey, rateKey, usageStreamKey } from '../../src/keys.ts'
import { shardOf } from '../../src/shards.ts'
import { tokenKind } from '../../src/token-limits.ts'
import type { World } from './world.ts'

/** Everything the store and the rule know of one organisation, in one form, so that they can be compared. */
export type State = {
  counters: Record<string, string>
  holds: Record<string, string>
  leases: string[]
  tokenLimits: Record<string, string>
  events: string[]
}

const text = (...parts: readonly unknown[]): string => parts.map(String).join(' ')

/**
 * `missingLimits`: limits whose key is gone, with the moment at which it was; the rule's state must say nothing more
 * then either.
 */
export async function stateInRedis(redis: Redis, world: World, counterIds: readonly string[]) {
  const { orgId } = world
  const shard = shardOf(orgId)
  const [counters, holds, leases, limits, entries, [seconds, micros]] = await Promise.all([
    Promise.all(counterIds.map((id) => redis.hmget(counterKey(orgId, id), 'used', 'held', 'limit', 'ver'))),
    Promise.all(world.attempts.map((id) => redis.hmget(holdKey(orgId, id), 'st', 'amt', 'tok', 'nodes', 'rates'))),
    redis.zrange(leasesKey(shard), '0', '-1'),
    Promise.all(world.tokenLimits.map(({ unit, scope }) => redis.get(rateKey(tokenKind[unit], orgId, scope)))),
    redis.xrange(usageStreamKey(shard), '-', '+'),
    redis.time(),
  ])
  const at = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000)
  const state: State = { counters: {}, holds: {}, leases: [], tokenLimits: {}, events: [] }
  const missingLimits = new Map<string, number>()
  for (const [i, id] of counterIds.entries()) {
    const row = counters[i] ?? []
    // Without a version it is what was charged to a counter that is lost.
    if (row[3] !== null) state.counters[id] = text(...row)
  }
  for (const [i, id] of world.attempts.entries()) {
    const [st, amt, tok, nodes, rates] = holds[i] ?? []
    if (st === 'D' || st === 'O') state.holds[id] = text(st, amt, tok, '|', nodes, '|', rates)
    else if (st) state.holds[id] = st
  }
  state.leases = world.attempts.filter((id) => leases.includes(leaseMember(orgId, id)))
  for (const [i, { id }] of world.tokenLimits.entries()) {
    const value = limits[i]
    if (value) state.tokenLimits[id] = value
    else missingLimits.set(id, at)
  }
  for (const [, fields] of entries) {
    const of = (name: string) => fields[fields.indexOf(name) + 1] ?? ''
    const id = of('id')
    if (!world.attempts.some((attempt) => attempt === id.split(':')[0])) continue
    state.events.push(text(id, of('kind'), of('amount'), of('hold'), of('nodes')))
  }
  state.events.sort()
  return { state, missingLimits }
}

export function stateInModel(
  ledger: Ledger,
  world: World,
  counterIds: readonly string[],
  missingLimits: ReadonlyMap<string, number>,
): State {
  const { orgId } = world
  const state: State = { counters: {}, holds: {}, leases: [], tokenLimits: {}, events: [] }
  for (const id of counterIds) {
    const counter = ledger.counters.get(inOrg(orgId, id))
    if (counter) state.counters[id] = text(counter.used, counter.held, counter.limit ?? '', counter.version)
  }
  for (const id of world.attempts) {
    const held = ledger.holds.get(inOrg(orgId, id))
    if (held?.kind === 'dispatched' || held?.kind === 'orphaned') {
      const letter = held.kind === 'dispatched' ? 'D' : 'O'
      state.holds[id] = text(letter, held.amount, held.tokens, '|', held.nodes.join(' '), '|', held.limits.join(' '))
      if (held.kind === 'dispatched') state.leases.push(id)
    } else if (held) {
      state.holds[id] = held.kind === 'settled' ? 'S' : 'R'
    }
  }
  for (const limit of world.tokenLimits) {
    const name = inOrg(orgId, limit.id)
    const missingAt = missingLimits.get(limit.id)
    if (limit.unit !== 'bucket') {
      const window = ledger.windows.get(name)
      if (!window) continue
      const { current, previous } = windowAt(window, limit.rule, missingAt ?? 0)
      if (missingAt !== undefined && current === 0 && previous === 0) continue
      state.tokenLimits[limit.id] = text(window.slot, window.current, window.previous)
    } else {
      const bucket = ledger.buckets.get(name)
      if (bucket) state.tokenLimits[limit.id] = text(bucket.level, bucket.at)
    }
  }
  for (const event of ledger.events) {
    if (!world.attempts.some((attempt) => attempt === event.attemptId.split(':')[0])) continue
    state.events.push(text(event.attemptId, event.kind, event.amount, event.hold, ...event.nodes))
  }
  state.events.sort()
  return state
}
