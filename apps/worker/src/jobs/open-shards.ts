import type { OrgId } from '@tollkeeper/domain/id'
import type { Adoption, CounterRecord, Recorded } from '@tollkeeper/redis/shard-keeper'
import type { Shard } from '@tollkeeper/redis/shards'
import { defineJob, type JobReport } from '../job.ts'

export type ShardState = { epoch: number | null; seq: number | null }

export type OpenPorts = {
  /**
   * Shards that are closed, after those were closed whose store has gone back: an older epoch, or a sequence below one
   * that was seen.
   */
  closedShards: () => Promise<readonly Shard[]>
  /** Runs `work` while no other worker opens shards; false when one does. */
  exclusively: (work: () => Promise<void>) => Promise<boolean>
  /** The next epoch of the shard, written to Postgres before it is used. */
  nextEpoch: (shard: Shard) => Promise<number>
  state: (shard: Shard) => Promise<ShardState>
  /** Sets holds aside that the store believes to be open. */
  shelve: (shard: Shard) => Promise<number>
  /** Records everything that is on the usage streams of these shards now. */
  drain: (shards: readonly Shard[]) => Promise<void>
  /** The shard's organisations, and their counters in the windows of now as the ledger has them. */
  ledger: (shard: Shard) => Promise<{ orgIds: readonly OrgId[]; counters: readonly CounterRecord[] }>
  /** Makes the counters anew; undefined when money has moved since the ledger was read. */
  restore: (
    shard: Shard,
    to: { epoch: number; seq: number | null; counters: readonly CounterRecord[]; orgIds: readonly OrgId[] },
  ) => Promise<number | undefined>
  /** Publishes every key and policy again: a store that went back has old ones. */
  republish: () => Promise<void>
  /** Asks all proxies to tell of their open holds, and waits until they have. */
  gather: (rebuilds: ReadonlyMap<Shard, number>) => Promise<void>
  /** Holds that were set aside or told of. */
  shelved: (shard: Shard) => Promise<readonly { member: string; attemptId: string }[]>
  /** What the ledger has of attempts. */
  recorded: (attemptIds: readonly string[]) => Promise<ReadonlyMap<string, Recorded>>
  adopt: (shard: Shard, epoch: number, member: string, recorded: Recorded) => Promise<Adoption | undefined>
  /** Lets proxies in. */
  open: (shard: Shard, epoch: number) => Promise<boolean>
}

/** Shards at a time: more than one, so that all 64 are open again within 10 s; few, for they share the database. */
const abreast = 8
/** Money that moves while the ledger is read has it read again; this often at most in one run. */
const tries = 50

/**
 * Opens the shards of a ledger Redis that is new, lost its data or went back in time (money.md 4.7): counters from the
 * ledger, open holds from the proxies that have them, the epoch last. Until then every hold on the shard is fenced, so a
 * lost counter is never taken for an unused budget. May be broken off anywhere: the next run begins anew.
 */
export const openShards = defineJob<OpenPorts>({
  name: 'open-shards',
  run: async (ports) => {
    const report: Record<string, number> = {}
    if ((await ports.closedShards()).length === 0) return report
    await ports.exclusively(async () => void Object.assign(report, await rebuild(ports)))
    return report
  },
})

async function rebuild(ports: OpenPorts): Promise<JobReport> {
  // Another worker may have opened some before this one came in.
  const shards = await ports.closedShards()
  const epochs = new Map<Shard, number>()
  for (const shard of shards) epochs.set(shard, await ports.nextEpoch(shard))
  const isNew = [...epochs.values()].every((epoch) => epoch === 1)

  await each(shards, async (shard) => void (await ports.shelve(shard)))
  await ports.drain(shards)
  let counters = 0
  await each(shards, async (shard) => void (counters += await restored(ports, shard, epochs.get(shard) ?? 0)))
  // Nobody can hold anything in a shard that was never open.
  if (!isNew) {
    await Promise.all([ports.gather(epochs), ports.republish()])
    await ports.drain(shards)
    // A worker may have had charges in its hands that it had read from the lost stream, and recorded them after the ledger
    // was read. By now it has: what the counters are made of is read once more.
    await each(shards, async (shard) => void (await restored(ports, shard, epochs.get(shard) ?? 0)))
  }
  await ports.drain(shards)
  const adopted: Record<string, number> = {}
  await each(shards, (shard) => adoptAll(ports, shard, epochs.get(shard) ?? 0, adopted))
  let opened = 0
  await each(shards, async (shard) => {
    if (await ports.open(shard, epochs.get(shard) ?? 0)) opened += 1
  })
  return { opened, counters, ...adopted }
}

async function restored(ports: OpenPorts, shard: Shard, epoch: number): Promise<number> {
  for (let i = 0; i < tries; i += 1) {
    const { seq } = await ports.state(shard)
    // What was charged up to this sequence is on the stream by now, and in the ledger after this.
    await ports.drain([shard])
    const { orgIds, counters } = await ports.ledger(shard)
    const made = await ports.restore(shard, { epoch, seq, orgIds, counters: counters.map(notBelowNothing) })
    if (made !== undefined) return made
  }
  throw new Error(`Shard ${shard} does not stand still`)
}

/** A correction may be in the ledger before the provisional charge that it corrects. */
const notBelowNothing = (counter: CounterRecord): CounterRecord =>
  counter.used < 0n ? { ...counter, used: 0n } : counter

async function adoptAll(ports: OpenPorts, shard: Shard, epoch: number, sums: Record<string, number>): Promise<void> {
  const holds = await ports.shelved(shard)
  const recorded = await ports.recorded(holds.map(({ attemptId }) => attemptId))
  for (const { member, attemptId } of holds) {
    const what = await ports.adopt(shard, epoch, member, recorded.get(attemptId) ?? 'none')
    if (what === undefined) throw new Error(`Shard ${shard} is being rebuilt by somebody else`)
    const name = words[what]
    sums[name] = (sums[name] ?? 0) + 1
  }
}

const words: Record<Adoption, string> = {
  HELD: 'heldAgain',
  CHARGED: 'chargedProvisionally',
  CLOSED: 'foundCharged',
  ORPHANED: 'foundProvisional',
  KNOWN: 'endedMeanwhile',
}

async function each(shards: readonly Shard[], work: (shard: Shard) => Promise<void>): Promise<void> {
  const left = [...shards]
  const one = async () => {
    for (let shard = left.shift(); shard !== undefined; shard = left.shift()) await work(shard)
  }
  await Promise.all(Array.from({ length: abreast }, one))
}
