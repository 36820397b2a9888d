import type { NanoUsd } from '@tollkeeper/domain/price'
import { windowOf, type Instant } from '@tollkeeper/domain/time'
import type { CeilingStore } from '@tollkeeper/redis/ceiling'
import { CeilingWindow, type CeilingShare } from './ceiling-window.ts'

/**
 * `reached`: it does not fit below the ceiling. `held`: it would, but other processes hold the rest. `unknown`: this
 * process has too little left, and cannot ask for more.
 */
export type NoShare = { kind: 'reached' | 'held' | 'unknown'; windowEndsMs: Instant }

/**
 * The spending ceiling of the whole installation. This process holds a part of it, sized by what it used lately, and
 * asks for more in the background; only a request for which nothing is left here waits for an answer.
 */
export type Ceiling = {
  take(amount: NanoUsd): CeilingShare | Promise<CeilingShare | NoShare>
  /** Gives back what is held. */
  stop(): Promise<void>
}

export type CeilingDeps = {
  store: CeilingStore
  owner: string
  limit: NanoUsd
  period: 'day' | 'month'
  leaseMs: number
  /** How often it is reported what was spent, and leases are renewed. */
  everyMs: number
  storeNow: () => Instant
  /** Learns what the store's clock says. */
  storeSays: (now: Instant) => void
}

/** How long after its end a window is kept. */
const keptMs = 86_400_000

type Waiter = { amount: NanoUsd; resolve: (share: CeilingShare | NoShare) => void }

export function makeCeiling(deps: CeilingDeps): Ceiling {
  const windows = new Map<string, CeilingWindow>()
  let current: CeilingWindow | undefined
  let waiting: Waiter[] = []
  /** The round that runs or ran last, and the one after it. */
  let latest = Promise.resolve()
  let queued: Promise<void> | undefined
  const timer = setInterval(() => {
    for (const window of windows.values()) window.beat()
    void reportAll()
  }, deps.everyMs)
  timer.unref()

  function windowNow(): CeilingWindow {
    const at = deps.storeNow()
    if (current && at >= current.startMs && at < current.endMs) return current
    const window = windowOf(deps.period, 'UTC', at)
    current = windows.get(window.id) ?? new CeilingWindow(window)
    windows.set(current.id, current)
    return current
  }

  /** Everything is reported, one round at a time; who comes meanwhile joins the next. */
  function reportAll(): Promise<void> {
    queued ??= latest.then(() => {
      queued = undefined
      return round()
    })
    latest = queued
    return queued
  }

  async function round(): Promise<void> {
    const served = waiting
    const target = current
    waiting = []
    try {
      for (const window of windows.values()) await reportOne(window, window === target ? served : [])
    } catch {
      // What is held may still be spent: nobody else can.
      for (const { resolve } of served) resolve({ kind: 'unknown', windowEndsMs: target?.endMs ?? 0 })
    }
    if (waiting.length > 0) void reportAll()
  }

  async function reportOne(window: CeilingWindow, served: readonly Waiter[]): Promise<void> {
    const isOver = window !== current && !window.isUsed
    if (isOver) window.rest()
    const report = window.report(served.reduce((sum, { amount }) => sum + amount, 0n))
    const { limit, leaseMs, owner } = deps
    const reply = await deps.store.report({ ...report, owner, limit, leaseMs, window, windowId: window.id })
    deps.storeSays(reply.nowMs)
    window.granted(report, reply.held)
    for (const waiter of served) {
      const share = window.take(waiter.amount)
      if (share) waiter.resolve(share)
      else if (reply.held < report.wanted) {
        const kind = reply.used + waiter.amount > limit ? 'reached' : 'held'
        waiter.resolve({ kind, windowEndsMs: window.endMs })
        // Others took what was asked for it while it was being asked.
      } else waiting.push(waiter)
    }
    // What it has spent is never told as less, so it is kept until nothing can come back to this window.
    if (isOver && reply.nowMs - window.endMs > keptMs) windows.delete(window.id)
  }

  return {
    take(amount) {
      const window = windowNow()
      const share = waiting.length === 0 ? window.take(amount) : undefined
      if (share) {
        // In the background, before there is too little.
        if (window.isLow && !queued) void reportAll()
        return share
      }
      return new Promise((resolve) => {
        waiting.push({ amount, resolve })
        void reportAll()
      })
    },
    async stop() {
      clearInterval(timer)
      for (const window of windows.values()) window.rest()
      await reportAll()
    },
  }
}
