import type { AttemptId } from '@tollkeeper/domain/id'
import {
  adjust,
  brokenInvariants,
  draw,
  emptyLedger,
  hold,
  inOrg,
  isJust,
  preview,
  recordLost,
  release,
  renew,
  settle,
  shrink,
  surrender,
  sweep,
  type CounterHistory,
  type HoldAnswer,
  type HoldRequest,
  type HoldState,
  type Ledger,
} from '@tollkeeper/domain/ledger'
import { maxHoldNano } from '@tollkeeper/domain/price'
import type { Redis } from 'ioredis'
import { expect } from 'vitest'
import { makeSweeper, type HoldReply } from '../../src/budgets.ts'
import { makeAdjust } from '../../src/ledger/adjust.ts'
import { makeDraw } from '../../src/ledger/draw.ts'
import { counterKey } from '../../src/keys.ts'
import { makeRecordLost } from '../../src/ledger/record.ts'
import { makeSurrender } from '../../src/ledger/surrender.ts'
import { parsePreview } from '../../src/ledger/preview.ts'
import { holdCall, holdScript, parseHoldReply } from '../../src/ledger/hold.ts'
import { releaseWith } from '../../src/ledger/release.ts'
import { makeRenew } from '../../src/ledger/renew.ts'
import { settleWith } from '../../src/ledger/settle.ts'
import { makeShrink } from '../../src/ledger/shrink.ts'
import { makeShardKeeper } from '../../src/shard-keeper.ts'
import { shardOf, type Shard } from '../../src/shards.ts'
import { endOfTime, aMeta, anAnswer } from '../builders.ts'
import { emptied } from '../emptied.ts'
import { orgs, type History, type Step } from './history.ts'
import { stateInModel, stateInRedis } from './state.ts'
import { aWorld, chainOf, countersOf, type World } from './world.ts'

const hourMs = 3_600_000

/** Runs every step in Redis and in the TypeScript rule, and expects the same reply and the same state of both. */
export class Twin {
  readonly redis: Redis
  readonly worlds: readonly World[]
  readonly unit: bigint
  /** The rule's state, one per shard. */
  readonly ledgers = new Map<Shard, Ledger>()
  readonly history = new Map<string, CounterHistory>()
  /** A moment by the store's clock, at or before the next call. */
  now = 0

  constructor(redis: Redis, { unit, withTokenLimits }: Pick<History, 'unit' | 'withTokenLimits'>) {
    this.redis = redis
    this.unit = unit
    this.worlds = Array.from({ length: orgs }, () => aWorld(unit, withTokenLimits))
    for (const { orgId } of this.worlds) this.ledgers.set(shardOf(orgId), emptyLedger('1'))
  }

  /** Empties the database and opens the shards. */
  async begin(): Promise<void> {
    await emptied(this.redis)
    const keeper = makeShardKeeper(this.redis)
    for (const shard of this.ledgers.keys()) await keeper.open(shard, 1)
  }

  /** Gives whether the same step again must change nothing (I10). */
  async step(step: Step): Promise<boolean> {
    const world = this.world(step.org)
    switch (step.do) {
      case 'hold':
        return this.hold(world, step)
      case 'settle':
        return this.settle(world, step)
      case 'draw':
        return this.draw(world, step)
      case 'shrink':
        return this.shrink(world, step)
      case 'release':
        await releaseWith(this.redis, { ...this.ref(world, step.attempt), nodes: [] }, world.tokenLimits)
        this.apply(world, (ledger) => release(ledger, this.ref(world, step.attempt)))
        return true
      case 'renew': {
        const attemptIds = step.attempts.map((attempt) => this.ref(world, attempt).attemptId)
        await makeRenew(this.redis, { leaseMs: hourMs })(world.orgId, attemptIds)
        this.apply(world, (ledger) => [
          renew(ledger, { orgId: world.orgId, attemptIds, leaseMs: hourMs }, this.now),
          null,
        ])
        return true
      }
      case 'surrender':
        return this.surrender(world, step)
      case 'record-lost':
        return this.recordLost(world, step)
      case 'adjust':
        return this.adjust(world, step)
      case 'lose':
        return this.lose(world, step)
      case 'sweep': {
        const swept = await makeSweeper(this.redis, { graceMs: 0 }).sweep(shardOf(world.orgId))
        // A lease is over before it begins or in an hour, so every moment of this history will do.
        const [seconds] = await this.redis.time()
        const expected = this.apply(world, (ledger) => sweep(ledger, { graceMs: 0 }, (Number(seconds) + 1) * 1_000))
        expect(swept).toBe(expected)
        return true
      }
      case 'set-limit':
        return this.setLimit(world, step)
    }
  }

  /** Of one organisation, or of all. */
  async expectSameState(org?: number): Promise<void> {
    for (const world of org === undefined ? this.worlds : [this.world(org)]) {
      const { ids } = countersOf(world)
      const ledger = this.ledger(world)
      const inRedis = await stateInRedis(this.redis, world, ids)
      expect(inRedis.state).toEqual(stateInModel(ledger, world, ids, inRedis.missingLimits))
    }
  }

  expectInvariants(): void {
    for (const ledger of new Set(this.ledgers.values())) {
      const children = new Map(
        this.worlds.flatMap((world) =>
          [...countersOf(world).children].map(([id, below]): [string, string[]] => [
            inOrg(world.orgId, id),
            below.map((child) => inOrg(world.orgId, child)),
          ]),
        ),
      )
      expect(brokenInvariants(ledger, this.history, children)).toEqual([])
    }
  }

  private async hold(world: World, step: Extract<Step, { do: 'hold' }>): Promise<boolean> {
    const { orgId, tokenLimits } = world
    const nodes = chainOf(world, step.team, step.person, {
      oldLimits: step.fault === 'old-limits',
      pastWindow: step.fault === 'past-window',
      ...(step.fault === 'past-raise' ? { inForce: { fromMs: 0, untilMs: hourMs } } : {}),
      ...(step.fault === 'early-raise' ? { inForce: { fromMs: endOfTime - 1, untilMs: endOfTime } } : {}),
    })
    const request: HoldRequest = {
      ...this.ref(world, step.attempt),
      epoch: step.fault === 'other-epoch' ? '2' : '1',
      amount: BigInt(step.amount) * this.unit,
      tokens: step.tokens,
      nodes,
      leaseMs: step.expired ? -1 : hourMs,
    }
    const { epoch, leaseMs, amount, tokens, attemptId } = request
    const meta = aMeta(orgId)
    const call = holdCall({ orgId, attemptId, amount, tokens, nodes, rates: [], meta }, tokenLimits, { epoch, leaseMs })
    await this.preview(world, request, call)
    const raw = await holdScript.run(this.redis, call.keys, call.args)
    this.now = momentOf(raw) ?? this.now

    const known = this.ledger(world).holds.get(inOrg(orgId, attemptId))
    const answer = this.apply(world, (ledger) => hold(ledger, request, this.now))
    expect(asAnswer(raw, world)).toEqual(answer)

    for (const node of nodes) this.remember(world, node.id, node.opening)
    if (!known) expect([answer, isJust(this.ledger(world), request, answer)]).toEqual([answer, true])
    // While it waits for tokens, time passes.
    return answer.kind !== 'tokens'
  }

  /** A dry run of the hold, where there is none yet: what it says, and that it changes nothing (which the next step sees). */
  private async preview(world: World, request: HoldRequest, call: ReturnType<typeof holdCall>): Promise<void> {
    if (this.ledger(world).holds.has(inOrg(world.orgId, request.attemptId))) return
    const raw = await holdScript.run(this.redis, call.keys, call.args.with(3, ''))
    const { counters, waits, nowMs } = parsePreview(raw, world.tokenLimits)
    const at = nowMs ?? momentOf(raw) ?? this.now
    const expected = preview(this.ledger(world), request, at)
    const verdict = Array.isArray(raw) && raw[0] === 'DRY' ? (raw[1] as unknown) : raw
    expect(asAnswer(verdict, world)).toEqual(expected.answer)
    expect(counters).toEqual(expected.counters.map(({ used, held, limit }) => ({ used, held, limit })))
    expect(waits.map(({ waitMs }) => waitMs)).toEqual(expected.waits)
  }

  private async surrender(world: World, step: Extract<Step, { do: 'surrender' }>): Promise<boolean> {
    const { orgId, attemptId } = this.ref(world, step.attempt)
    const reply = await makeSurrender(this.redis)({ orgId, attemptId, nodes: [], least: 0n, result: anAnswer })
    expect(reply).toEqual(this.apply(world, (ledger) => surrender(ledger, { orgId, attemptId })))
    return true
  }

  private async recordLost(world: World, step: Extract<Step, { do: 'record-lost' }>): Promise<boolean> {
    const { orgId, attemptId } = this.ref(world, step.attempt)
    const hold = 2n * this.unit > maxHoldNano ? this.unit : 2n * this.unit
    const nodes = chainOf(world, step.team, step.person, { oldLimits: false, pastWindow: false }).map(({ id }) => id)
    const charge = { orgId, attemptId, kind: step.kind, amount: step.kind === 'final' ? this.unit : hold, hold, nodes }
    const reply = await makeRecordLost(this.redis)({ ...charge, meta: aMeta(orgId), result: anAnswer })
    expect(reply).toBe(this.apply(world, (ledger) => recordLost(ledger, charge, this.now)))
    // Charged beside every limit: what had happened before the loss was within them, but the store cannot tell.
    if (reply) for (const id of nodes) this.remember(world, id, 0n, charge.amount)
    return true
  }

  private async adjust(world: World, step: Extract<Step, { do: 'adjust' }>): Promise<boolean> {
    const { orgId, attemptId } = this.ref(world, step.attempt)
    const wanted = (BigInt(step.sixths) * this.unit) / 6n || BigInt(step.sixths)
    const amount = wanted > maxHoldNano ? maxHoldNano : wanted < -maxHoldNano ? -maxHoldNano : wanted
    // On the counters it was charged to; what was never charged is never adjusted.
    const charge = this.ledger(world).events.find((event) => event.attemptId === attemptId)
    if (!charge) return false
    const ids = charge.nodes
    const [epoch, rerating] = [step.fault === 'other-epoch' ? '2' : '1', `rate_${step.rerating}`]
    const reply = await makeAdjust(this.redis, { epochOf: () => epoch })({
      orgId,
      attemptId,
      amount,
      nodes: ids.map((id) => ({ id, endMs: step.open ? endOfTime : null })),
      meta: aMeta(orgId),
      result: anAnswer,
      cause: { id: rerating, reason: 'The price was wrong', actorId: 'mem_1' },
    })
    const nodes = ids.map((id) => ({ id, open: step.open }))
    const answer = this.apply(world, (ledger) => adjust(ledger, { orgId, attemptId, epoch, rerating, amount, nodes }))
    expect(reply).toBe(answer.kind)
    // What is charged in the end may be above a limit that the charge itself kept.
    if (reply === 'adjusted' && amount > 0n) for (const id of ids) this.remember(world, id, 0n, amount)
    return true
  }

  /** The store loses a counter. */
  private async lose(world: World, step: Extract<Step, { do: 'lose' }>): Promise<boolean> {
    const { ids } = countersOf(world)
    const id = ids[step.counter % ids.length] ?? ''
    await this.redis.del(counterKey(world.orgId, id))
    this.apply(world, (ledger) => {
      const counters = new Map(ledger.counters)
      counters.delete(inOrg(world.orgId, id))
      return [{ ...ledger, counters }, undefined]
    })
    return false
  }

  private async settle(world: World, step: Extract<Step, { do: 'settle' }>): Promise<boolean> {
    const ref = this.ref(world, step.attempt)
    const held = this.taken(world, step.attempt)
    const amount = this.costOf(step.cost, held?.amount ?? this.unit)
    const { tokens } = step
    const reply = await settleWith(
      this.redis,
      { ...ref, nodes: [], amount, tokens, result: anAnswer },
      world.tokenLimits,
    )
    const answer = this.apply(world, (ledger) => settle(ledger, { ...ref, amount, tokens }))
    expect(reply).toEqual(answer)
    if (held && amount > held.amount) {
      for (const id of held.nodes) this.remember(world, id, 0n, amount - held.amount)
    }
    return true
  }

  private async draw(world: World, step: Extract<Step, { do: 'draw' }>): Promise<boolean> {
    const { orgId, attemptId } = this.ref(world, step.attempt)
    const { attemptId: sliceId } = this.ref(world, step.slice)
    const slice = this.taken(world, step.slice)
    const amount = this.costOf(step.cost, slice?.amount ?? this.unit)
    const nodes = chainOf(world, step.team, step.person, { oldLimits: false, pastWindow: false })
    const reply = await makeDraw(this.redis)({
      orgId,
      sliceId,
      attemptId,
      amount,
      nodes,
      meta: aMeta(orgId),
      result: anAnswer,
    })
    const ids = nodes.map(({ id }) => id)
    const answer = this.apply(world, (ledger) => draw(ledger, { orgId, sliceId, attemptId, amount, nodes: ids }))
    expect(reply).toEqual(answer)
    if (answer.overage) {
      const paid = slice?.amount ?? 0n
      for (const id of slice?.nodes ?? ids) this.remember(world, id, 0n, amount - paid)
    }
    return true
  }

  private async shrink(world: World, step: Extract<Step, { do: 'shrink' }>): Promise<boolean> {
    const { orgId, attemptId } = this.ref(world, step.attempt)
    const held = this.taken(world, step.attempt)
    const amount = ((held?.amount ?? this.unit) * BigInt(step.tenths)) / 10n
    const capped = amount > maxHoldNano ? maxHoldNano : amount
    const done = makeShrink(this.redis)(orgId, attemptId, [], capped)
    const answer = this.apply(world, (ledger) => shrink(ledger, { orgId, attemptId, amount: capped }))
    if (answer.kind === 'more-than-held') await expect(done).rejects.toThrow('more than is held')
    else await done
    return false
  }

  private async setLimit(world: World, step: Extract<Step, { do: 'set-limit' }>): Promise<boolean> {
    const setting = world.budgets[step.budget]
    if (!setting) throw new RangeError(`No budget ${step.budget}`)
    const { limit, version } = setting.now
    setting.before = setting.now
    setting.now =
      step.units === null
        ? { limit, mode: 'soft', version: version + 1 }
        : { limit: BigInt(step.units) * this.unit, mode: 'hard', version: version + 1 }
    return false
  }

  private remember(world: World, id: string, opening: bigint, overage = 0n): void {
    const name = inOrg(world.orgId, id)
    const counter = this.ledger(world).counters.get(name)
    if (!counter) return
    const past = this.history.get(name) ?? { opening, greatestLimit: counter.limit, overage: 0n }
    const { limit } = counter
    const most = past.greatestLimit
    const greatestLimit = limit === null || most === null ? null : limit > most ? limit : most
    this.history.set(name, { ...past, greatestLimit, overage: past.overage + overage })
  }

  private costOf(cost: 'nothing' | 'less' | 'same' | 'more', held: bigint): bigint {
    const costs = { nothing: 0n, less: held / 3n, same: held, more: held + this.unit }
    return costs[cost] > maxHoldNano ? maxHoldNano : costs[cost]
  }

  private world(org: number): World {
    const world = this.worlds[org]
    if (!world) throw new RangeError(`No organisation ${org}`)
    return world
  }

  private ledger({ orgId }: World): Ledger {
    return this.ledgers.get(shardOf(orgId)) ?? emptyLedger(null)
  }

  private apply<Answer>(world: World, change: (ledger: Ledger) => readonly [Ledger, Answer]): Answer {
    const [ledger, answer] = change(this.ledger(world))
    this.ledgers.set(shardOf(world.orgId), ledger)
    return answer
  }

  private ref(world: World, attempt: number) {
    const attemptId = world.attempts[attempt] ?? ('' as AttemptId)
    return { orgId: world.orgId, attemptId, limits: world.tokenLimits }
  }

  /** What the attempt holds or is charged provisionally; undefined when it is closed. */
  private taken(world: World, attempt: number) {
    const state = this.ledger(world).holds.get(inOrg(world.orgId, this.ref(world, attempt).attemptId))
    return state?.kind === 'dispatched' || state?.kind === 'orphaned' ? state : undefined
  }
}

/** The moment at which the script decided, where its reply tells. */
function momentOf(raw: unknown): number | undefined {
  if (!Array.isArray(raw)) return undefined
  const at = { OK: 3, WINDOW: 1, TOKENS: 3 }[String(raw[0])]
  return at === undefined ? undefined : Number(raw[at])
}

const states: Readonly<Record<string, HoldState['kind']>> = {
  D: 'dispatched',
  O: 'orphaned',
  S: 'settled',
  R: 'released',
}

/** The reply of hold_v2 in the words of the rule. */
function asAnswer(raw: unknown, world: World): HoldAnswer | undefined {
  if (Array.isArray(raw) && raw[0] === 'EXISTS') return { kind: 'exists', state: states[String(raw[1])] ?? 'settled' }
  return holdAnswerOf(parseHoldReply(raw, world.tokenLimits), world)
}

function holdAnswerOf(reply: HoldReply, world: World): HoldAnswer {
  switch (reply.kind) {
    case 'held':
      return { kind: 'held', headroom: reply.headroom }
    case 'fenced':
    case 'window':
      return { kind: reply.kind }
    case 'missing':
      return { kind: 'missing', node: reply.node }
    case 'refused': {
      if (reply.by === 'tokens') {
        const limit = world.tokenLimits.findIndex((one) => one.unit === reply.unit)
        return { kind: 'tokens', limit, waitMs: reply.retryAfterMs }
      }
      const { node, used, held, limit } = reply
      return { kind: reply.reason === 'over' ? 'over' : 'held-back', node, used, held, limit }
    }
  }
}
