import type { ProviderKind } from '@tollkeeper/domain/policy'
import { Pool } from 'undici'
import { guardedConnector, resolveAll, type Resolve } from './guarded-connector.ts'
import type { Target } from '../target.ts'
import { CallDeadline } from './call-deadline.ts'
import type { Answered, Outcome, Streaming } from './outcome.ts'
import { StreamCall } from './stream-call.ts'
import { WholeCall } from './whole-call.ts'

export type CallerOptions = {
  /** Sockets per origin. */
  connections: number
  connectTimeoutMs: number
  /** Until the head of a stream. */
  firstByteTimeoutMs: number
  /** Until all of a whole answer was read. */
  wholeTimeoutMs: number
  /** Between two pieces of an answer. */
  idleTimeoutMs: number
  /** Which kinds of provider may be inside the own network. None, unless it is said. */
  mayBePrivate: (kind: ProviderKind) => boolean
  /** Ports of this installation's own stores: never called. */
  closedPorts: ReadonlySet<string>
  resolve: Resolve
}

export type CallOptions = {
  /** Travels as `x-request-id`. */
  id: string
  /** Most time in ms, besides the time-outs: until all of a whole answer was read, or until the head of a stream. */
  withinMs?: number
  /** Headers of the caller that go along, instead of the provider's usual ones: a flat list of names and values. */
  headers?: readonly string[]
}

/** The only caller of providers. */
export type Caller = {
  post(target: Target, path: string, body: Buffer, as: CallOptions): Promise<Outcome<Answered>>
  postForStream(target: Target, path: string, body: Buffer, as: CallOptions): Promise<Outcome<Streaming>>
  get(target: Target, path: string): Promise<Outcome<Answered>>
  close(): Promise<void>
}

const defaults: CallerOptions = {
  connections: 1_024,
  connectTimeoutMs: 2_000,
  firstByteTimeoutMs: 30_000,
  wholeTimeoutMs: 600_000,
  idleTimeoutMs: 30_000,
  mayBePrivate: () => false,
  closedPorts: new Set(),
  resolve: resolveAll,
}

/**
 * Calls providers with undici's `dispatch`, which costs a fraction of its other ways (performance.md). One pool per
 * origin; no redirect is followed; no call is ever sent twice.
 */
export function makeCaller(options: Partial<CallerOptions> = {}): Caller {
  const settings = { ...defaults, ...options }
  const pools = new Map<string, Pool>()

  const poolOf = ({ origin, provider }: Target): Pool => {
    const allowPrivate = settings.mayBePrivate(provider.kind)
    // A connection that one kind of provider may have must not serve another kind.
    const name = `${allowPrivate ? 'private' : 'public'} ${origin}`
    let pool = pools.get(name)
    if (!pool) {
      pool = new Pool(origin, {
        connections: settings.connections,
        pipelining: 1,
        allowH2: false,
        connect: guardedConnector({ ...settings, allowPrivate }, settings.connectTimeoutMs),
        headersTimeout: settings.firstByteTimeoutMs,
        bodyTimeout: settings.idleTimeoutMs,
        maxHeaderSize: 16_384,
      })
      pools.set(name, pool)
    }
    return pool
  }

  type Call = {
    method: 'POST' | 'GET'
    path: string
    body: Buffer | null
    id: string | null
    more: readonly string[]
    headersTimeout: number
  }
  const dispatch = (target: Target, { id, path, more, ...call }: Call, handler: WholeCall | StreamCall) => {
    const headers = [...target.headers, ...(id === null ? [] : ['x-request-id', id]), ...more]
    poolOf(target).dispatch({ ...call, path: target.prefix + path, headers }, handler)
  }

  return {
    post: (
      target,
      path,
      body,
      { id, headers: more = target.provider.headers ?? [], withinMs = settings.wholeTimeoutMs },
    ) =>
      new Promise((resolve) => {
        const call: Call = { method: 'POST', path, body, id, more, headersTimeout: settings.wholeTimeoutMs }
        const within = new CallDeadline(Math.min(withinMs, settings.wholeTimeoutMs))
        dispatch(target, call, new WholeCall(resolve, within))
      }),
    postForStream: (
      target,
      path,
      body,
      { id, headers: more = target.provider.headers ?? [], withinMs = settings.firstByteTimeoutMs },
    ) =>
      new Promise((resolve) => {
        const call: Call = { method: 'POST', path, body, id, more, headersTimeout: settings.firstByteTimeoutMs }
        const within = new CallDeadline(Math.min(withinMs, settings.firstByteTimeoutMs))
        dispatch(target, call, new StreamCall(resolve, within))
      }),
    get: (target, path) =>
      new Promise((resolve) => {
        const { firstByteTimeoutMs: headersTimeout } = settings
        const call: Call = {
          method: 'GET',
          path,
          body: null,
          id: null,
          more: target.provider.headers ?? [],
          headersTimeout,
        }
        dispatch(target, call, new WholeCall(resolve, new CallDeadline(headersTimeout)))
      }),
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}
