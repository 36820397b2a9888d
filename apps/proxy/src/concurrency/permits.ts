import { setTimeout as sleep } from 'node:timers/promises'
import type { OrgId } from '@tollkeeper/domain/id'
import { permitLimitsOf, type Limited, type RateLimit } from '@tollkeeper/domain/rate'
import { scopeText } from '@tollkeeper/domain/scope'
import type { Admission, Permit, PermitKind } from '@tollkeeper/redis/rates'
import type { Persistent } from '../money/until-acknowledged.ts'
import { WaitingLine } from './waiting-line.ts'

/** Whose request it is, and which turn it asks for. */
type Ask = { orgId: OrgId; rates: readonly RateLimit[]; permit: Permit }

/** As the store says it; `busy` after having waited, with how long the next turn is likely to take. */
export type Admitted = Exclude<Admission, { kind: 'busy' }> | (Busy & { retryAfterMs: number })
type Busy = Extract<Admission, { kind: 'busy' }>

/** Requests of this process among the limits on concurrency, which all processes share. */
export type Permits = {
  /**
   * Counts a request and takes its permit. When all are taken it waits for a short time in line: for a permit of this
   * process that comes back, and looks for those of others.
   *
   * @throws what the store throws; nothing is taken then
   */
  admit: (orgId: OrgId, rates: readonly RateLimit[], permit: Permit) => Promise<Admitted>
  /** Gives an admitted request's permit back, again and again until it is acknowledged. */
  giveBack: (orgId: OrgId, rates: readonly RateLimit[], permit: Permit) => void
  /** Limits in front of which somebody waits. */
  readonly crowded: number
  stop(): void
}

export type PermitsDeps = {
  store: {
    admit(orgId: OrgId, rates: readonly RateLimit[], permit: Permit): Promise<Admission>
    giveBack(orgId: OrgId, rates: readonly RateLimit[], permit: Permit): Promise<void>
    renewPermits(orgId: OrgId, scope: Limited, kind: PermitKind, ids: readonly string[]): Promise<void>
  }
  releases: Persistent
  onDefect: (error: unknown) => void
  monotonic: () => number
  waitMs: number
  /** Who may wait at one limit; whoever comes then is refused at once. */
  mostWaiting: number
  /** How often leases are renewed. */
  renewMs: number
}

type Waiter = {
  ask: Ask
  /** The limit it waits at. */
  name: string
  resolve(reply: Admitted): void
  reject(error: unknown): void
}
/** Those who wait at one limit; `expired` are out of time, and are told when a try shows that nothing is free. */
type Line = Signal & { waiters: WaitingLine<Waiter>; expired: Set<Waiter>; running: boolean }
type Signal = { freed: Promise<void>; wake(): void }
/** Permits of one limit that are this process's, and how long they are held on average. */
type Held = { orgId: OrgId; scope: Limited; kind: PermitKind; since: Map<string, number> }

/** How often those who wait look whether another process gave a permit back. */
const lookMs = 20
const shortestRetryMs = 100
const longestRetryMs = 60_000

export function makePermits(deps: PermitsDeps): Permits {
  const lines = new Map<string, Line>()
  const held = new Map<string, Held>()
  /** Average time that a permit is held, by limit. */
  const usualMs = new Map<string, number>()
  const nameOf = (orgId: OrgId, scope: Limited, kind: PermitKind) => `${orgId}/${scopeText(scope)}/${kind}`
  const limitsOf = ({ orgId, rates, permit }: Ask) =>
    permitLimitsOf(rates, permit.kind).map(({ scope, rate, limit }) => ({
      name: nameOf(orgId, scope, permit.kind),
      scope,
      busy: { kind: 'busy', rate, limit } satisfies Busy,
    }))
  const timer = setInterval(() => {
    for (const { orgId, scope, kind, since } of held.values())
      void deps.store.renewPermits(orgId, scope, kind, [...since.keys()]).catch(() => {})
  }, deps.renewMs)
  timer.unref()

  async function take(ask: Ask): Promise<Admission> {
    const { orgId, rates, permit } = ask
    try {
      const reply = await deps.store.admit(orgId, rates, permit)
      if (reply.kind === 'admitted') noteTaken(ask)
      return reply
    } catch (error) {
      // Whether it was taken is not known.
      if (limitsOf(ask).length > 0) giveToStore(ask)
      throw error
    }
  }

  function noteTaken(ask: Ask): void {
    const { orgId, permit } = ask
    for (const { name, scope } of limitsOf(ask)) {
      let there = held.get(name)
      if (!there) held.set(name, (there = { orgId, scope, kind: permit.kind, since: new Map() }))
      there.since.set(permit.id, deps.monotonic())
    }
  }

  function noteGiven(ask: Ask): void {
    for (const { name } of limitsOf(ask)) {
      const there = held.get(name)
      const since = there?.since.get(ask.permit.id)
      if (!there || since === undefined) continue
      const tookMs = deps.monotonic() - since
      usualMs.set(name, (usualMs.get(name) ?? tookMs) * 0.9 + tookMs * 0.1)
      there.since.delete(ask.permit.id)
      if (there.since.size === 0) held.delete(name)
    }
  }

  function giveToStore(ask: Ask): void {
    const { orgId, rates, permit } = ask
    deps.releases
      .run(() => deps.store.giveBack(orgId, rates, permit))
      .then(() => {
        for (const { name } of limitsOf(ask)) lines.get(name)?.wake()
      }, deps.onDefect)
  }

  /** How long until somebody who comes now would have a turn, by what running requests usually take. */
  function busyAnswer({ orgId, rates, permit }: Ask, busy: Busy): Admitted {
    const scope = rates[busy.rate]?.scope
    const name = scope ? nameOf(orgId, scope, permit.kind) : ''
    const ahead = (lines.get(name)?.waiters.size ?? 0) + 1
    const expected = Math.ceil(((usualMs.get(name) ?? 1_000) * ahead) / busy.limit)
    return { ...busy, retryAfterMs: Math.min(longestRetryMs, Math.max(shortestRetryMs, expected)) }
  }

  function wait(ask: Ask, busy: Busy, name: string): Promise<Admitted> {
    if ((lines.get(name)?.waiters.size ?? 0) >= deps.mostWaiting) return Promise.resolve(busyAnswer(ask, busy))
    const { promise, resolve, reject } = Promise.withResolvers<Admitted>()
    const waiter: Waiter = { ask, name, resolve, reject }
    const deadline = setTimeout(() => {
      const line = lines.get(waiter.name)
      line?.expired.add(waiter)
      line?.wake()
    }, deps.waitMs)
    join(waiter, name)
    return promise.finally(() => clearTimeout(deadline))
  }

  function join(waiter: Waiter, name: string): void {
    let line = lines.get(name)
    if (!line) lines.set(name, (line = newLine(deps.mostWaiting)))
    const before = lines.get(waiter.name)
    if (before !== line && before?.expired.delete(waiter)) line.expired.add(waiter)
    waiter.name = name
    line.waiters.add(waiter)
    if (line.running) return
    line.running = true
    void serve(name, line)
  }

  /** Gives turns to those who wait at one limit, until nobody does. */
  async function serve(name: string, line: Line): Promise<void> {
    while (line.waiters.size > 0) {
      await Promise.race([line.freed, sleep(lookMs)])
      Object.assign(line, newSignal())
      await serveNow(name, line)
    }
    lines.delete(name)
  }

  /** Gives turns until there is none left. Then those who are out of time are refused: nothing was free for them. */
  async function serveNow(name: string, line: Line): Promise<void> {
    for (let waiter = line.waiters.next(); waiter; waiter = line.waiters.next()) {
      const { ask } = waiter
      try {
        const reply = await take(ask)
        if (reply.kind !== 'busy') {
          line.expired.delete(waiter)
          waiter.resolve(reply)
          continue
        }
        const busy = limitsOf(ask).find((limit) => limit.busy.rate === reply.rate)
        if (busy && busy.name !== name) {
          // This limit has let it through, another one has not: it must not stand in the way of others here.
          join(waiter, busy.name)
          continue
        }
        line.waiters.putBack(waiter)
        refuseExpired(line)
        return
      } catch (error) {
        line.expired.delete(waiter)
        waiter.reject(error)
      }
    }
  }

  function refuseExpired(line: Line): void {
    for (const waiter of line.expired) {
      line.waiters.leave(waiter)
      const { ask, name } = waiter
      const limit = limitsOf(ask).find((one) => one.name === name)
      if (limit) waiter.resolve(busyAnswer(ask, limit.busy))
    }
    line.expired.clear()
  }

  return {
    async admit(orgId, rates, permit) {
      const ask = { orgId, rates, permit }
      // Whoever comes while others wait does not overtake them.
      if (lines.size > 0) {
        const crowded = limitsOf(ask).find(({ name }) => lines.has(name))
        if (crowded) return wait(ask, crowded.busy, crowded.name)
      }
      const reply = await take(ask)
      if (reply.kind !== 'busy') return reply
      const scope = rates[reply.rate]?.scope
      return scope ? wait(ask, reply, nameOf(orgId, scope, permit.kind)) : busyAnswer(ask, reply)
    },
    giveBack(orgId, rates, permit) {
      const ask = { orgId, rates, permit }
      noteGiven(ask)
      giveToStore(ask)
    },
    get crowded() {
      return lines.size
    },
    stop: () => clearInterval(timer),
  }
}

function newSignal(): Signal {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { freed: promise, wake: resolve }
}

const newLine = (mostWaiting: number): Line => ({
  ...newSignal(),
  waiters: new WaitingLine(mostWaiting / 2),
  expired: new Set(),
  running: false,
})
