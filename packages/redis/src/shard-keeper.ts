import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { AttemptResult } from '@tollkeeper/domain/usage'
import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'
import {
  answersKey,
  counterIndexKey,
  counterKey,
  epochKey,
  holdKey,
  leasesKey,
  parseLeaseMember,
  preparationKey,
  presentKey,
  rebuildsKey,
  sequenceKey,
  shelvedHoldKey,
  shelvedKey,
  usageStreamKey,
} from './keys.ts'
import { countersNamed } from './ledger/counters.ts'
import { onItsCounters } from './ledger/on-its-counters.ts'
import { fence } from './rebuild/fence.ts'
import { readReply } from './reply.ts'
import { defineScript } from './script.ts'
import type { Shard } from './shards.ts'

/** What a budget's counter had used, as the ledger knows it: the opening and every charge. */
export type CounterRecord = { orgId: OrgId; nodeId: string; used: NanoUsd; windowEndMs: number }

/** What the ledger has of an attempt: nothing, a charge that waits for its correction, or all of it. */
export type Recorded = 'none' | 'provisional' | 'charged'

/** What became of a hold that was set aside. */
export type Adoption = 'HELD' | 'CHARGED' | 'CLOSED' | 'ORPHANED' | 'KNOWN'

/** Opens shards for spending: new ones at once, those that lost their data after they were made anew (money.md 4.7). */
export type ShardKeeper = {
  /** `epoch` null: the shard is closed, and every hold in it is fenced. `seq` null: no money has moved in it. */
  state: (shard: Shard) => Promise<{ epoch: number | null; seq: number | null }>
  /** Closes a shard for everybody, if it still has this epoch. */
  fence: (shard: Shard, epoch: number) => Promise<boolean>
  /** Sets the open holds of a closed shard aside. Gives how many. @throws Error when the shard is open */
  shelve: (shard: Shard) => Promise<number>
  /**
   * Makes the counters of a closed shard anew: what the ledger names from the ledger, the rest of `orgIds` without
   * holds; owners can then tell of their holds under `epoch`. Gives how many were made; undefined when money has moved
   * since the ledger was read, at `seq`. @throws Error when the shard is open
   */
  restore: (
    shard: Shard,
    to: { epoch: number; seq: number | null; counters: readonly CounterRecord[]; orgIds: readonly OrgId[] },
  ) => Promise<number | undefined>
  /** Asks all proxies to tell of their open holds. */
  announce: (rebuilds: ReadonlyMap<Shard, number>) => Promise<void>
  /** Proxies that were heard of within `withinMs`. */
  present: (withinMs: number) => Promise<ReadonlySet<string>>
  /** Proxies that have told all their open holds. */
  answered: (shard: Shard, epoch: number) => Promise<ReadonlySet<string>>
  /** Holds that are set aside or were told of, as members for `adopt`, with their attempts. */
  shelved: (shard: Shard) => Promise<{ member: string; attemptId: string }[]>
  /** Decides what becomes of one. Undefined when somebody else rebuilds the shard. */
  adopt: (shard: Shard, epoch: number, member: string, recorded: Recorded) => Promise<Adoption | undefined>
  /** Opens a closed shard. False when it is open, or somebody else rebuilds it. */
  open: (shard: Shard, epoch: number) => Promise<boolean>
}

export const restoreScript = defineScript('restore_v2')
const shelveScript = defineScript('shelve_v1')
const adoptScript = defineScript('adopt_v2')
const openScript = defineScript('open_v1')

const adoptions = { HELD: 1, CHARGED: 1, CLOSED: 1, ORPHANED: 1, KNOWN: 1, OVER: 1, OTHER: 2 }
const unknownResult: AttemptResult = { outcome: 'unknown', usageSource: 'held', tokens: {}, status: null }

/** `leaseMs`: how long a hold that was told of lives without a renewal. */
export function makeShardKeeper(redis: Redis, { leaseMs }: { leaseMs: number } = { leaseMs: 20_000 }): ShardKeeper {
  return {
    async state(shard) {
      const [epoch, seq] = await reachable(redis.mget(epochKey(shard), sequenceKey(shard)))
      return { epoch: numberOr(epoch), seq: numberOr(seq) }
    },
    fence: (shard, epoch) => fence(redis, shard, epoch),
    async shelve(shard) {
      const members = await reachable(redis.zrange(leasesKey(shard), '0', '-1'))
      const kinds = await Promise.all(
        members.map(async (member) => {
          const { orgId, attemptId } = parse(member)
          const raw = await shelveScript.run(
            redis,
            [
              epochKey(shard),
              holdKey(orgId, attemptId),
              shelvedHoldKey(orgId, attemptId),
              shelvedKey(shard),
              leasesKey(shard),
            ],
            [member],
          )
          return readReply(shelveScript.name, raw, { SHELVED: 1, SKIP: 1, OPEN: 1 }).kind
        }),
      )
      if (kinds.includes('OPEN')) throw new Error(`Shard ${shard} is open: its holds are not to be touched`)
      return kinds.filter((kind) => kind === 'SHELVED').length
    },
    async restore(shard, { epoch, seq, counters, orgIds }) {
      const named = new Map(counters.map((record) => [counterKey(record.orgId, record.nodeId), record]))
      const keys: string[] = [...named].flatMap(([key, { orgId }]) => [key, counterIndexKey(orgId)])
      const args: (string | number)[] = counters.flatMap(({ used, windowEndMs }) => [used.toString(), windowEndMs])
      for (const index of orgIds.map(counterIndexKey)) {
        for (const key of await reachable(redis.hkeys(index))) {
          if (named.has(key)) continue
          keys.push(key, index)
          args.push('', '')
        }
      }
      const raw = await restoreScript.run(
        redis,
        [epochKey(shard), sequenceKey(shard), preparationKey(shard), ...keys],
        [seq ?? '', epoch, ...args],
      )
      const reply = readReply(restoreScript.name, raw, { OK: 2, CHANGED: 1, OPEN: 1 })
      if (reply.kind === 'OPEN') throw new Error(`Shard ${shard} is open: its counters are not to be replaced`)
      return reply.kind === 'OK' ? reply.count(1) : undefined
    },
    async announce(rebuilds) {
      if (rebuilds.size > 0) await reachable(redis.hset(rebuildsKey, Object.fromEntries(rebuilds)))
    },
    async present(withinMs) {
      const [seconds] = await reachable(redis.time())
      return new Set(await reachable(redis.zrangebyscore(presentKey, Number(seconds) * 1_000 - withinMs, '+inf')))
    },
    async answered(shard, epoch) {
      const prefix = `${epoch}/`
      const answers = await reachable(redis.smembers(answersKey(shard)))
      return new Set(answers.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length)))
    },
    async shelved(shard) {
      const members = await reachable(redis.smembers(shelvedKey(shard)))
      return members.map((member) => ({ member, attemptId: parse(member).attemptId }))
    },
    async adopt(shard, epoch, member, recorded) {
      const { orgId, attemptId } = parse(member)
      const aside = shelvedHoldKey(orgId, attemptId)
      const believed = (await reachable(redis.hget(aside, 'nodes'))) ?? ''
      const raw = await onItsCounters(orgId, countersNamed(orgId, believed), ({ ids, keys }) =>
        adoptScript.run(
          redis,
          [
            preparationKey(shard),
            sequenceKey(shard),
            holdKey(orgId, attemptId),
            aside,
            shelvedKey(shard),
            leasesKey(shard),
            usageStreamKey(shard),
            counterIndexKey(orgId),
            ...keys,
          ],
          [epoch, member, attemptId, leaseMs, ids, recorded, JSON.stringify(unknownResult)],
        ),
      )
      const reply = readReply(adoptScript.name, raw, adoptions)
      if (reply.kind === 'OTHER') throw reply.unexpected()
      return reply.kind === 'OVER' ? undefined : (reply.kind as Adoption)
    },
    async open(shard, epoch) {
      const raw = await openScript.run(redis, [epochKey(shard), preparationKey(shard), answersKey(shard)], [epoch])
      const opened = readReply(openScript.name, raw, { OPENED: 1, OTHER: 1 }).kind === 'OPENED'
      if (opened) await reachable(redis.hdel(rebuildsKey, shard))
      return opened
    },
  }
}

const numberOr = (text: string | null | undefined): number | null => (text ? Number(text) : null)

function parse(member: string) {
  const hold = parseLeaseMember(member)
  if (!hold) throw new Error(`Not a lease: ${JSON.stringify(member)}`)
  return hold
}
