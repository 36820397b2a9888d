import { nodeIdOf, type BudgetNode } from '@tollkeeper/domain/budget'
import type { AttemptId, BudgetId, OrgId } from '@tollkeeper/domain/id'
import { inOrg } from '@tollkeeper/domain/ledger'
import { ledgerAmountOf } from '@tollkeeper/domain/usage'
import { chanceOf, type Chance } from './chance.ts'
import { SimPostgres } from './postgres.ts'
import { answered, SimProxy, type Disk } from './proxy.ts'
import { graceMs, leaseMs, SimStore } from './store.ts'

const orgId = 'org_sim' as OrgId
const endOfTime = 8_640_000_000_000_000

/** What the provider knows of an attempt that reached it. */
type Sent = {
  attemptId: AttemptId
  proxy: number
  hold: bigint
  /** What it bills in the end. */
  cost: bigint
  path: readonly BudgetNode[]
  /** The proxy has heard the cost, and either the store or a disk that is still there has it. */
  isKnown: boolean
  over: boolean
  /** Both copies were lost, the store's and the disk's: that is what it takes to lose a record. */
  isForgotten: boolean
}

/** What a seed did, and what it broke. */
export type Outcome = { seed: number; steps: number; attempts: number; refusals: number; broken: string[] }

/** One history from a seed: proxies, a store, a worker, a provider, and what goes wrong between them. */
class Simulation {
  readonly #chance: Chance
  readonly #store: SimStore
  readonly #postgres = new SimPostgres()
  readonly #nodes: BudgetNode[]
  readonly #proxies: SimProxy[]
  readonly #sent = new Map<AttemptId, Sent>()
  readonly #broken: string[] = []
  /** By how much a loss of the store may have let a counter pass its limit: what nobody could re-register. */
  readonly #slack = new Map<string, bigint>()
  #now = 1_000_000
  #next = 0
  #refusals = 0

  readonly #trace: (line: string) => void

  /** `trace` hears what happens, to look into a seed that broke something. */
  constructor(seed: number, trace: (line: string) => void = () => {}) {
    this.#trace = trace
    this.#chance = chanceOf(seed)
    this.#store = new SimStore(this.#chance, () => this.#now)
    this.#store.lossPercent = this.#chance.pick([0, 0, 3, 10]) ?? 0
    this.#nodes = ['root', 'team0', 'team1', 'key0', 'key1', 'key2'].map((name) => this.#budget(name))
    this.#proxies = Array.from({ length: 1 + this.#chance.below(3) }, () => this.#born({ records: [], full: false }))
  }

  async run(steps: number): Promise<string[]> {
    for (let i = 0; i < steps && this.#broken.length === 0; i += 1) {
      await this.#step()
      this.#check(`step ${i}`)
    }
    await this.#calm()
    return this.#broken
  }

  get counts() {
    return { attempts: this.#sent.size, refusals: this.#refusals }
  }

  async #step(): Promise<void> {
    const roll = this.#chance.below(100)
    if (roll < 34) return this.#begin()
    if (roll < 62) return this.#finish()
    if (roll < 72) return this.#pass(this.#chance.below(4_000))
    if (roll < 80) return this.#postgres.drain(this.#store, 1 + this.#chance.below(8), this.#chance.percent(20))
    if (roll < 84) {
      this.#store.away = !this.#store.away
      return this.#trace(this.#store.away ? 'the store is away' : 'the store is back')
    }
    if (roll < 88) return this.#kill()
    if (roll < 92) return this.#restart()
    if (roll < 94) return this.#pass(leaseMs + graceMs + 1)
    if (roll < 96) return this.#fillDisk()
    if (roll < 97) return this.#lose()
    return this.#store.sweep()
  }

  /** A request: held, and sent unless the proxy dies in between. */
  async #begin(): Promise<void> {
    const index = this.#chance.below(this.#proxies.length)
    const proxy = this.#proxies[index]
    if (!proxy || proxy.dead || !proxy.ledger.mayBegin) return
    const attemptId = `a${(this.#next += 1)}` as AttemptId
    const path = this.#path()
    const amount = BigInt(1 + this.#chance.below(40))
    const reply = await proxy.hold(orgId, attemptId, amount, path)
    this.#trace(`proxy ${index} holds ${amount} for ${attemptId}: ${reply?.kind ?? 'away'}`)
    if (reply?.kind !== 'held') {
      if (reply?.kind === 'refused') this.#refusals += 1
      return
    }
    if (this.#chance.percent(6)) return proxy.ledger.release({ orgId, attemptId, nodes: path, rates: [] })
    proxy.ledger.sent({ orgId, attemptId })
    const cost = (amount * BigInt(this.#chance.below(101))) / 100n
    this.#sent.set(attemptId, {
      attemptId,
      proxy: index,
      hold: amount,
      cost,
      path,
      isKnown: false,
      over: false,
      isForgotten: false,
    })
  }

  /** An answer ends: its cost is reported, or nobody knows it. */
  async #finish(): Promise<void> {
    const attempt = this.#chance.pick([...this.#sent.values()].filter(({ over }) => !over))
    const proxy = attempt && this.#proxies[attempt.proxy]
    if (!attempt || !proxy || proxy.dead) return
    const { attemptId, path, cost } = attempt
    attempt.over = true
    this.#trace(`${attemptId} ends at ${cost}`)
    if (this.#chance.percent(12)) {
      this.#trace(`${attemptId} is given up`)
      const result = { outcome: 'unknown', usageSource: 'held', tokens: {}, status: null } as const
      return proxy.ledger.surrender({ orgId, attemptId, nodes: path, least: 0n, result })
    }
    attempt.isKnown = true
    await proxy.ledger.settle({ orgId, attemptId, amount: cost, tokens: 0, nodes: path, rates: [], result: answered })
  }

  async #pass(ms: number): Promise<void> {
    this.#now += ms
    for (const proxy of this.#proxies) if (!proxy.dead) await proxy.tick(orgId, this.#postgres)
    this.#store.sweep()
  }

  /** kill -9: what the process knew is gone; now and then the disk with it. */
  #kill(): void {
    const index = this.#chance.below(this.#proxies.length)
    const proxy = this.#proxies[index]
    if (!proxy || proxy.dead) return
    proxy.dead = true
    this.#trace(`proxy ${index} is killed`)
    const written = new Set(proxy.disk.records.filter(({ t }) => t === 'result').map(({ attemptId }) => attemptId))
    for (const attempt of this.#sent.values()) {
      if (attempt.proxy !== index) continue
      attempt.over = true
      // With the store away and the disk full, only the process knew.
      if (!written.has(attempt.attemptId) && !this.#isSettled(attempt.attemptId)) attempt.isKnown = false
    }
    if (!this.#chance.percent(15)) return
    this.#trace(`the disk of proxy ${index} is lost`)
    proxy.disk.records = []
    // What only the lost disk knew is not known any more.
    for (const attempt of this.#sent.values()) {
      if (attempt.proxy !== index) continue
      if (!this.#isSettled(attempt.attemptId)) attempt.isKnown = false
      if (!this.#isThere(attempt.attemptId)) attempt.isForgotten = true
    }
  }

  async #restart(): Promise<void> {
    const index = this.#proxies.findIndex((proxy) => proxy.dead)
    const before = this.#proxies[index]
    if (!before) return
    this.#trace(`proxy ${index} starts again, with ${before.disk.records.length} records`)
    const proxy = this.#born(before.disk)
    this.#proxies[index] = proxy
    proxy.disk.full = false
    await proxy.replay()
  }

  #fillDisk(): void {
    const proxy = this.#chance.pick(this.#proxies)
    if (!proxy || proxy.dead) return
    proxy.disk.full = !proxy.disk.full
    this.#trace(`a disk is ${proxy.disk.full ? 'full' : 'not full any more'}`)
  }

  /** The store loses everything, and is rebuilt: stream to ledger first, then counters, then what lives. */
  async #lose(): Promise<void> {
    // What is on the stream is lost with it, unless the worker has it; the proxies' disks have it still.
    if (this.#chance.percent(50)) this.#postgres.drain(this.#store, Number.POSITIVE_INFINITY, false)
    this.#trace('the store is lost')
    this.#store.away = false
    const live = this.#proxies.filter((proxy) => !proxy.dead).flatMap((proxy) => [...proxy.open.values()])
    const registered = new Set(live.map(({ attemptId }) => attemptId))
    for (const attempt of this.#sent.values()) {
      const { attemptId, hold, path } = attempt
      const kinds = this.#postgres.attempt(attemptId)?.kinds ?? []
      const onDisk = (this.#proxies[attempt.proxy]?.disk.records ?? [])
        .filter((record) => record.attemptId === attemptId)
        .map(({ t }) => t)
      const isAtHand = registered.has(attemptId)
      const isEnded = kinds.some((kind) => kind !== 'provisional')
      if (!isAtHand && !isEnded && !onDisk.includes('result')) attempt.isKnown = false
      // The store may have settled it, without an answer, and given the rest to others: told in full, it is held beside
      // theirs until its settlement is sent again. Nothing of that is spent.
      if (isAtHand && attempt.over) this.#mayPass(path, hold)
      // A correction that is in no second copy, because the disk was full, leaves a provisional charge in full.
      if (!isAtHand && kinds.length > 0 && !isEnded && !onDisk.includes('result')) this.#mayPass(path, hold)
      if (isAtHand || kinds.length > 0) continue
      if (!onDisk.includes('sent') && !onDisk.includes('result')) attempt.isForgotten = true
      // What a living proxy has on its disk is counted before the store is opened again. Without what it cost, because
      // that disk was full, it is charged in full, which may not fit.
      else if (onDisk.includes('result') && !this.#proxies[attempt.proxy]?.dead) continue
      this.#mayPass(path, hold)
    }
    this.#store.taken.clear()
    this.#store.rebuild(this.#postgres, this.#nodes, orgId, live)
    for (const proxy of this.#proxies) if (!proxy.dead) await proxy.recount(this.#postgres)
  }

  #mayPass(path: readonly BudgetNode[], amount: bigint): void {
    for (const { id } of path) this.#slack.set(id, (this.#slack.get(id) ?? 0n) + amount)
  }

  /** Everything is well again: all must come to its end. */
  async #calm(): Promise<void> {
    this.#store.away = false
    this.#store.lossPercent = 0
    for (const proxy of this.#proxies) proxy.disk.full = false
    while (this.#proxies.some((proxy) => proxy.dead)) await this.#restart()
    for (const attempt of this.#sent.values()) {
      const proxy = this.#proxies[attempt.proxy]
      if (attempt.over || !proxy) continue
      attempt.over = true
      attempt.isKnown = true
      const { attemptId, cost, path } = attempt
      await proxy.ledger.settle({ orgId, attemptId, amount: cost, tokens: 0, nodes: path, rates: [], result: answered })
    }
    for (let round = 0; round < 6; round += 1) {
      await this.#pass(leaseMs + graceMs + 1)
      this.#postgres.drain(this.#store, Number.POSITIVE_INFINITY, false)
    }
    this.#check('the end')
    this.#checkEnd()
  }

  #check(when: string): void {
    const { ledger, unjust } = this.#store
    const held = new Map<string, bigint>()
    for (const hold of ledger.holds.values()) {
      if (hold.kind !== 'dispatched') continue
      for (const id of hold.nodes) held.set(id, (held.get(id) ?? 0n) + hold.amount)
    }
    const charged = this.#charged()
    for (const { id, budget } of this.#nodes) {
      const counter = ledger.counters.get(inOrg(orgId, id))
      if (!counter) continue
      const claim = (holds: boolean, what: string) => void (holds || this.#broken.push(`${when}: ${what} ${id}`))
      claim(counter.used >= 0n && counter.held >= 0n, 'I1')
      claim(counter.used + counter.held <= budget.limit + (this.#slack.get(id) ?? 0n), 'I3 overspent')
      claim(counter.held === (held.get(id) ?? 0n), 'I5')
      claim(counter.used === (charged.get(id) ?? 0n), `I6 ${counter.used} ${charged.get(id) ?? 0n}`)
    }
    if (unjust.length > 0) this.#broken.push(`${when}: I12 ${unjust.join(', ')}`)
    if (this.#postgres.contradictions.length > 0)
      this.#broken.push(`${when}: I9 ${this.#postgres.contradictions.join()}`)
  }

  #checkEnd(): void {
    const claim = (holds: boolean, what: string) => void (holds || this.#broken.push(`the end: ${what}`))
    const { ledger, stream } = this.#store
    claim(stream.length === 0, 'the stream is not empty')
    claim(![...ledger.holds.values()].some(({ kind }) => kind === 'dispatched'), 'something is held')
    claim(!this.#proxies.some((proxy) => proxy.busy), 'a proxy is not done')
    for (const { attemptId, cost, hold, isKnown, isForgotten } of this.#sent.values()) {
      if (isForgotten) continue
      const rows = this.#postgres.attempt(attemptId)
      if (!rows) {
        claim(false, `I9 ${attemptId} has no row`)
        continue
      }
      const life = rows.kinds.join(' ')
      claim(['final', 'provisional', 'provisional correction'].includes(life), `I8 ${attemptId} ${life}`)
      if (isKnown) claim(rows.cost === cost, `I14 ${attemptId} cost ${cost}, charged ${rows.cost}`)
      else claim(cost <= rows.cost && rows.cost <= hold, `${attemptId} cost ${cost}, charged ${rows.cost} of ${hold}`)
    }
  }

  /** What counters must have used: every event of ledger and stream, once. */
  #charged(): Map<string, bigint> {
    const events = new Map(this.#postgres.rows)
    for (const event of this.#store.stream) events.set(`${event.attemptId}:${event.kind}`, event)
    const sums = new Map<string, bigint>()
    for (const event of events.values()) {
      for (const id of event.nodes) sums.set(id, (sums.get(id) ?? 0n) + ledgerAmountOf(event))
    }
    return sums
  }

  #isSettled(attemptId: AttemptId): boolean {
    if (this.#store.ledger.holds.get(inOrg(orgId, attemptId))?.kind === 'settled') return true
    const kinds = this.#postgres.attempt(attemptId)?.kinds ?? []
    return kinds.includes('final') || kinds.includes('correction')
  }

  #isThere(attemptId: AttemptId): boolean {
    return this.#store.ledger.holds.has(inOrg(orgId, attemptId)) || this.#postgres.attempt(attemptId) !== undefined
  }

  #born = (disk: Disk): SimProxy => new SimProxy(this.#store, disk)

  #path(): BudgetNode[] {
    const key = this.#chance.below(3)
    const [root, ...rest] = this.#nodes
    const team = rest[key % 2]
    const last = rest[2 + key]
    return root && team && last ? [root, team, last] : []
  }

  #budget(name: string): BudgetNode {
    const id = `bud_${name}` as BudgetId
    const limit = BigInt(60 + this.#chance.below(300))
    return {
      id: nodeIdOf(id, null, 'a0'),
      budget: {
        id,
        scope: { kind: 'team', id: name, name },
        period: 'all',
        limit,
        mode: 'hard',
        sharing: 'pool',
        version: 1,
        opening: null,
      },
      window: { id: 'a0', startMs: 0, endMs: endOfTime },
      opening: 0n,
    }
  }
}

/** Runs one seed. The same seed does the same again. */
export async function simulate(seed: number, trace?: (line: string) => void): Promise<Outcome> {
  const steps = 120
  const simulation = new Simulation(seed, trace)
  const broken = await simulation.run(steps)
  return { seed, steps, ...simulation.counts, broken }
}
