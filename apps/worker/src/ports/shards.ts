import type { Database } from '@tollkeeper/db/client'
import { recordedEvents, recordUsage } from '@tollkeeper/db/ledger'
import { all as allOrganisations } from '@tollkeeper/db/organisations'
import { knownShards, nextEpoch, noteSequences, whileOpening, type KnownShard } from '@tollkeeper/db/shard-epochs'
import { ledgerNodes } from '@tollkeeper/db/verification'
import type { OrgId } from '@tollkeeper/domain/id'
import { makeCounterRepair } from '@tollkeeper/redis/counter-repair'
import { makeShardKeeper, type Recorded } from '@tollkeeper/redis/shard-keeper'
import { allShards, shardOf, type Shard } from '@tollkeeper/redis/shards'
import type { UsageReader } from '@tollkeeper/redis/usage-stream'
import type { Redis } from 'ioredis'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenPorts, ShardState } from '../jobs/open-shards.ts'
import type { RepairPorts } from '../jobs/repair-counters.ts'
import type { Log } from '../observe.ts'

/** A proxy that was not heard of for this long is not waited for. It beats every 500 ms. */
const goneMs = 3_000
/** Until proxies that lost their connection have found the store again. */
const leastWaitMs = 2_000
const mostWaitMs = 20_000
/** A run of one drain ends even while somebody writes faster than it reads. */
const rounds = 10_000

export type ShardPorts = {
  open: OpenPorts
  repair: RepairPorts
  /** Whether a shard is what it was: not closed, and not gone back. Then leases in it mean something. */
  isSound: (shard: Shard) => Promise<boolean>
}

/** What `open-shards`, `repair-counters` and the sweeper need of Postgres and Redis. */
export function shardPorts(
  { prisma, pool }: Database,
  redis: Redis,
  reader: UsageReader,
  republish: () => Promise<void>,
  log: Log,
): ShardPorts {
  const keeper = makeShardKeeper(redis)
  const counters = makeCounterRepair(redis)
  let known: ReadonlyMap<string, KnownShard> | undefined

  const organisationsIn = async (shard: Shard): Promise<OrgId[]> =>
    (await allOrganisations(prisma)).map(({ id }) => id).filter((id) => shardOf(id) === shard)

  async function closedShards(): Promise<readonly Shard[]> {
    const before = await knownShards(prisma)
    const states = await Promise.all(allShards().map(async (shard) => ({ shard, ...(await keeper.state(shard)) })))
    known = before
    const closed: Shard[] = []
    const seen: { shard: string; epoch: number; seq: number }[] = []
    for (const { shard, epoch, seq } of states) {
      if (epoch === null) closed.push(shard)
      else if (wentBack(before.get(shard), { epoch, seq })) {
        log.error({ shard, epoch, seq, known: before.get(shard) }, 'the store has gone back in time: shard closed')
        await keeper.fence(shard, epoch)
        closed.push(shard)
      } else if (seq !== null && seq > (before.get(shard)?.seq ?? 0)) seen.push({ shard, epoch, seq })
    }
    await noteSequences(pool, seen)
    return closed
  }

  async function drain(shards: readonly Shard[]): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      // What another worker has read and not recorded yet counts as well; recording it twice adds nothing.
      const stale = await reader.claimStale(shards, 0)
      const entries = stale.length > 0 ? stale : await reader.read(shards, 500)
      if (entries.length === 0) return
      for (let from = 0; from < entries.length; from += 500) {
        const some = entries.slice(from, from + 500)
        await recordUsage(pool, some)
        await reader.done(some)
      }
    }
  }

  async function gather(rebuilds: ReadonlyMap<Shard, number>): Promise<void> {
    await keeper.announce(rebuilds)
    const began = performance.now()
    for (;;) {
      const waited = performance.now() - began
      const present = await keeper.present(goneMs)
      const answers = await Promise.all([...rebuilds].map(([shard, epoch]) => keeper.answered(shard, epoch)))
      const missing = new Set(answers.flatMap((each) => [...present.difference(each)]))
      if (missing.size === 0 && waited >= leastWaitMs) return
      if (waited >= mostWaitMs) {
        log.error({ proxies: [...missing] }, 'proxies have not told of their open holds; opening without them')
        return
      }
      await sleep(100)
    }
  }

  return {
    isSound: async (shard) => {
      const state = await keeper.state(shard)
      return known !== undefined && state.epoch !== null && !wentBack(known.get(shard), state)
    },
    open: {
      closedShards,
      exclusively: (work) => whileOpening(pool, work),
      nextEpoch: (shard) => nextEpoch(prisma, shard),
      state: keeper.state,
      shelve: keeper.shelve,
      drain,
      async ledger(shard) {
        const orgIds = await organisationsIn(shard)
        const nodes = await Promise.all(orgIds.map((id) => ledgerNodes(prisma, id, Date.now())))
        return {
          orgIds,
          counters: nodes
            .flat()
            .map(({ orgId, nodeId, spent, window }) => ({ orgId, nodeId, used: spent, windowEndMs: window.endMs })),
        }
      },
      restore: keeper.restore,
      republish,
      gather,
      shelved: keeper.shelved,
      recorded: (attemptIds) => recordedOf(pool, attemptIds),
      adopt: keeper.adopt,
      open: keeper.open,
    },
    repair: {
      shards: allShards(),
      lost: counters.lost,
      state: keeper.state,
      drain,
      async used(counter) {
        const nodes = await ledgerNodes(prisma, counter.orgId, Date.now())
        const node = nodes.find(({ nodeId }) => nodeId === counter.nodeId)
        // Never charged, or of a window that is over.
        if (!node) return { used: 0n, windowEndMs: (await counters.windowEnd(counter)) ?? 0 }
        return { used: node.spent, windowEndMs: node.window.endMs }
      },
      heldOn: counters.heldOn,
      put: counters.put,
      fence: keeper.fence,
    },
  }
}

/** Under another epoch than the newest, or with a sequence below one that was seen under it. */
const wentBack = (known: KnownShard | undefined, { epoch, seq }: ShardState): boolean =>
  known !== undefined && epoch !== null && (epoch < known.epoch || (epoch === known.epoch && (seq ?? 0) < known.seq))

async function recordedOf(
  pool: Database['pool'],
  attemptIds: readonly string[],
): Promise<ReadonlyMap<string, Recorded>> {
  const recorded = new Map<string, Recorded>()
  for (let from = 0; from < attemptIds.length; from += 1_000) {
    const some = attemptIds.slice(from, from + 1_000)
    const kinds = ['final', 'correction', 'provisional'] as const
    const ids = some.flatMap((id) => kinds.map((kind) => `${id}:${kind}`))
    const found = new Set(await recordedEvents(pool, ids))
    for (const id of some) {
      if (found.has(`${id}:final`) || found.has(`${id}:correction`)) recorded.set(id, 'charged')
      else if (found.has(`${id}:provisional`)) recorded.set(id, 'provisional')
    }
  }
  return recorded
}
