import { nodeIdOf, type BudgetNode } from '@tollkeeper/domain/budget'
import type { AttemptId, BudgetId, KeyId, OrgId, ProviderId, RequestId } from '@tollkeeper/domain/id'
import type { AttemptEvent, AttemptResult } from '@tollkeeper/domain/usage'
import { readBalances } from '@tollkeeper/redis/balances'
import { makeBudgets, type Hold } from '@tollkeeper/redis/budgets'
import { readOpenHolds } from '@tollkeeper/redis/open-holds'
import { makePresence } from '@tollkeeper/redis/presence'
import { makeShardKeeper } from '@tollkeeper/redis/shard-keeper'
import { shardOf } from '@tollkeeper/redis/shards'
import { makeUsageReader } from '@tollkeeper/redis/usage-stream'
import type { Redis } from 'ioredis'
import { openShards } from '../../src/jobs/open-shards.ts'
import { Ledger } from './ledger.ts'
import { people, type Step } from './steps.ts'

const endOfTime = 8_640_000_000_000_000
const answered: AttemptResult = { outcome: 'answered', usageSource: 'reported', tokens: {}, status: 200 }

/** An attempt as the proxy knows it. `cost`: it was settled at that. */
type Attempt = { hold: Hold; left: bigint; state: 'open' | 'surrendered' | 'ended'; cost: bigint | null }

let made = 0

/** An organisation with a budget for all and one for each person, its proxy, its shard, and its ledger. */
export class Organisation {
  readonly orgId = `org_${process.pid}_${(made += 1)}` as OrgId
  readonly ledger = new Ledger()
  private readonly shard = shardOf(this.orgId)
  private readonly keeper
  private readonly budgets
  private readonly presence
  private readonly reader
  private readonly attempts = new Map<number, Attempt>()
  private readonly all: Attempt[] = []
  private epoch = 0
  private count = 0
  private copied: Map<string, Buffer> | undefined

  private readonly redis: Redis

  constructor(redis: Redis) {
    this.redis = redis
    this.keeper = makeShardKeeper(redis)
    this.budgets = makeBudgets(redis, { leaseMs: 3_600_000 })
    this.presence = makePresence(redis, 'proxy-1')
    this.reader = makeUsageReader(redis, 'test')
  }

  readonly nodes = (person: number): BudgetNode[] => [this.node('all'), this.node(`person${person}`)]

  private node(name: string): BudgetNode {
    const id = `bud_${name}` as BudgetId
    return {
      id: nodeIdOf(id, null, 'a0'),
      budget: {
        id,
        scope: { kind: 'team', id: 'team_1', name: 'Team' },
        period: 'all',
        limit: 1_000_000_000n,
        mode: 'hard',
        sharing: 'pool',
        version: 1,
        opening: null,
      },
      window: { id: 'a0', startMs: 0, endMs: endOfTime },
      opening: 0n,
    }
  }

  private nodeIds(): string[] {
    return ['all', ...Array.from({ length: people }, (_, i) => `person${i}`)].map((name) => this.node(name).id)
  }

  private attemptId = () => `att_${this.orgId}_${(this.count += 1)}` as AttemptId

  async step(step: Step): Promise<void> {
    switch (step.do) {
      case 'hold':
        return this.hold(step.attempt, step.person, BigInt(step.amount))
      case 'settle': {
        const attempt = this.attempts.get(step.attempt)
        return attempt && this.settle(attempt, (attempt.hold.amount * BigInt(step.percent)) / 100n)
      }
      case 'draw':
        return this.draw(this.attempts.get(step.slice), BigInt(step.amount))
      case 'release':
      case 'surrender':
        return this[step.do](this.attempts.get(step.attempt))
      case 'drain':
        return this.drain()
      case 'copy':
        this.copied = await this.copy()
        return
      case 'rebuild':
        return this.rebuild(step)
    }
  }

  private async hold(number: number, person: number, amount: bigint): Promise<void> {
    const before = this.attempts.get(number)
    if (before && before.state !== 'ended') return
    const scopes = { orgId: this.orgId, teamId: null, roleGroupId: null, roleId: null, userId: null, keyId: 'key_1' }
    const hold: Hold = {
      orgId: this.orgId,
      attemptId: this.attemptId(),
      amount,
      tokens: 1,
      nodes: this.nodes(person),
      rates: [],
      meta: {
        requestId: 'req_1' as RequestId,
        scopes: { ...scopes, keyId: 'key_1' as KeyId },
        providerId: 'prov_1' as ProviderId,
        model: 'sim-small',
        priceVersion: 'v1',
        atMs: 1_790_000_000_000,
      },
    }
    const reply = await this.budgets.hold(hold)
    if (reply.kind !== 'held') throw new Error(`A hold was answered ${reply.kind}`)
    const attempt: Attempt = { hold, left: amount, state: 'open', cost: null }
    this.attempts.set(number, attempt)
    this.all.push(attempt)
  }

  /** As a proxy does: where the store knows nothing of the hold, the ledger is asked what is to be charged still. */
  private async settle(attempt: Attempt, cost: bigint): Promise<void> {
    if (attempt.state === 'ended') return
    const { hold, left } = attempt
    const { orgId, attemptId, nodes, rates } = hold
    // A slice that has paid for others ends with nothing of its own.
    const amount = left === hold.amount ? cost : 0n
    const settlement = { orgId, attemptId, nodes, rates, amount, tokens: 1, result: answered }
    for (let tries = 0; ; tries += 1) {
      const { kind } = await this.budgets.settle(settlement)
      if (kind !== 'gone' || (await this.chargeLost(attempt, 'final', amount))) break
      if (tries === 3) throw new Error('The store knows the hold and does not')
    }
    attempt.state = 'ended'
    if (left === hold.amount) attempt.cost = amount
  }

  /** True when the ledger has it now, or had it before. */
  private async chargeLost(attempt: Attempt, kind: 'final' | 'provisional', amount: bigint): Promise<boolean> {
    const { orgId, attemptId, nodes, meta } = attempt.hold
    await this.drain()
    const recorded = this.ledger.recorded(attemptId)
    if (recorded === 'charged' || (recorded === 'provisional' && kind === 'provisional')) return true
    return this.budgets.recordLost({
      orgId,
      attemptId,
      kind: recorded === 'provisional' ? 'correction' : kind,
      amount,
      hold: attempt.left,
      nodes: nodes.map(({ id }) => id),
      meta,
      result: answered,
    })
  }

  private async draw(slice: Attempt | undefined, amount: bigint): Promise<void> {
    if (!slice || slice.state !== 'open') return
    const { orgId, attemptId: sliceId, nodes, meta } = slice.hold
    const attemptId = this.attemptId()
    const { kind } = await this.budgets.draw({ orgId, sliceId, attemptId, amount, nodes, meta, result: answered })
    const own: Attempt = { hold: { ...slice.hold, attemptId }, left: 0n, state: 'ended', cost: amount }
    if (kind === 'gone') await this.chargeLost(own, 'final', amount)
    if (kind === 'drawn' || kind === 'corrected') slice.left -= amount < slice.left ? amount : slice.left
    this.all.push(own)
  }

  private async release(attempt: Attempt | undefined): Promise<void> {
    if (!attempt || attempt.state !== 'open') return
    await this.budgets.release(attempt.hold)
    attempt.state = 'ended'
  }

  private async surrender(attempt: Attempt | undefined): Promise<void> {
    if (!attempt || attempt.state !== 'open' || attempt.left !== attempt.hold.amount) return
    const { orgId, attemptId, nodes, amount } = attempt.hold
    const { kind } = await this.budgets.surrender({ orgId, attemptId, nodes, least: 0n, result: answered })
    if (kind === 'gone') await this.chargeLost(attempt, 'provisional', amount)
    attempt.state = 'surrendered'
  }

  private async drain(): Promise<void> {
    this.record(await this.read())
  }

  /** Takes what is on the stream off it. */
  private async read(): Promise<AttemptEvent[]> {
    const entries = await this.reader.read([this.shard], 1_000)
    await this.reader.done(entries)
    return entries.map(({ payload }) => {
      if (payload.kind !== 'attempt' || payload.event.kind === 'adjustment') {
        throw new Error(`Not a charge of this history: ${payload.kind}`)
      }
      return payload.event
    })
  }

  private record(events: readonly AttemptEvent[]): void {
    for (const event of events) this.ledger.add(event)
  }

  private async copy(): Promise<Map<string, Buffer>> {
    const keys = (await this.redis.keys('*')).toSorted()
    const dumps = await Promise.all(keys.map((key) => this.redis.dumpBuffer(key)))
    return new Map(keys.flatMap((key, i) => (dumps[i] ? [[key, dumps[i]] as const] : [])))
  }

  /** Gives what a worker has read before, and not recorded yet. */
  private async lose(lost: Extract<Step, { do: 'rebuild' }>['lost'], late: boolean): Promise<AttemptEvent[]> {
    // What is lost was read before; what is not was lost with its store (appendfsync always).
    const inHand = await this.read()
    if (!late) this.record(inHand.splice(0))
    if (lost === 'counter') await this.redis.del(...(await this.redis.keys('b:*')).slice(0, 1), 'none')
    if (lost === 'all' || (lost === 'since-copy' && this.copied)) await this.redis.flushdb()
    if (lost !== 'since-copy' || !this.copied) return inHand
    for (const [key, value] of this.copied) await this.redis.restore(key, 0, value)
    return inHand
  }

  /** Opens the shard; again and again after the first time. */
  async rebuild({ lost, told, ends, late }: Omit<Extract<Step, { do: 'rebuild' }>, 'do'>): Promise<void> {
    const inHand = await this.lose(lost, late)
    const { epoch } = await this.keeper.state(this.shard)
    if (epoch !== null) await this.keeper.fence(this.shard, epoch)
    const end = async (when: 'before' | 'after') => {
      const attempt = ends?.when === when ? this.attempts.get(ends.attempt) : undefined
      if (attempt && attempt.state !== 'ended') await this.settle(attempt, attempt.hold.amount / 3n)
    }
    await end('before')
    await openShards(
      {
        closedShards: async () => [this.shard],
        exclusively: async (work) => (await work(), true),
        nextEpoch: async () => (this.epoch += 1),
        ...this.keeper,
        drain: () => this.drain(),
        ledger: async () => ({
          orgIds: [this.orgId],
          counters: this.nodeIds().map((nodeId) => {
            return { orgId: this.orgId, nodeId, used: this.ledger.used(nodeId), windowEndMs: endOfTime }
          }),
        }),
        republish: async () => {},
        gather: async (rebuilds) => {
          this.record(inHand)
          await end('after')
          if (told) await this.tell(rebuilds.get(this.shard) ?? 0)
        },
        recorded: async (ids) => new Map(ids.map((id) => [id, this.ledger.recorded(id)])),
      },
      1_000,
    ).run()
    if ((await this.budgets.epochs.refresh(this.orgId)) !== 1) throw new Error('The shard is closed')
  }

  private async tell(epoch: number): Promise<void> {
    for (const { hold, left, state } of this.all) {
      if (state === 'open') await this.presence.register(epoch, { ...hold, amount: left })
    }
  }

  /** Everything that runs ends. */
  async end(): Promise<void> {
    for (const attempt of this.all) {
      if (attempt.left === attempt.hold.amount) await this.settle(attempt, attempt.hold.amount / 2n)
      else await this.release(attempt)
    }
    await this.drain()
  }

  /** What counters say, and what they must say: the ledger's sums, and the open holds. */
  async standing() {
    await this.drain()
    const [found, holds] = await Promise.all([
      readBalances(this.redis, this.orgId, this.nodeIds()),
      readOpenHolds(this.redis, this.orgId),
    ])
    const heldOn = (id: string) =>
      holds.filter(({ nodes }) => nodes.includes(id)).reduce((sum, { amount }) => sum + amount, 0n)
    return this.nodeIds().flatMap((id) => {
      const balance = found.get(id)
      if (!balance) return []
      return [
        {
          counter: { id, used: balance.used, held: balance.held },
          ledger: { id, used: this.ledger.used(id), held: heldOn(id) },
        },
      ]
    })
  }

  /** Attempts that were settled: what they cost, and what they were charged altogether. */
  costs(): { cost: bigint; charged: bigint }[] {
    return this.all.flatMap(({ cost, hold }) =>
      cost === null ? [] : [{ cost, charged: this.ledger.cost(hold.attemptId) }],
    )
  }
}
