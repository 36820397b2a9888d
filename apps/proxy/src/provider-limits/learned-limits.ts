import { credentialMark } from '@tollkeeper/domain/credential'
import type { OrgId } from '@tollkeeper/domain/id'
import type { PolicyProvider } from '@tollkeeper/domain/policy'
import { withLearned, type LearnedLimits, type ProviderLimits } from '@tollkeeper/domain/provider-limit'
import type { ReplyHeaders } from '@tollkeeper/providers'
import { LRUCache } from 'lru-cache'

export type LimitsDeps = {
  /** Undefined where the headers state no limits. */
  read: (headers: ReplyHeaders, nowMs: number, known?: ProviderLimits) => ProviderLimits | undefined
  write: (orgId: OrgId, learned: readonly LearnedLimits[]) => Promise<void>
  now: () => number
  writeMs: number
}

/** What the answers of providers tell about their limits. */
export type Limits = {
  /** Hears the headers of any answer. `model`: the provider's own name of it; null for its whole API. */
  hear(orgId: OrgId, provider: PolicyProvider, model: string | null, headers: ReplyHeaders): void
  /** Writes what was learned since the last time; what cannot be written is kept for the next. */
  flush(): Promise<void>
  stop(): void
}

type Known = LearnedLimits & { orgId: OrgId; changed: boolean }

/** Every answer carries the headers; they are read at most this often for one model. */
const readEveryMs = 2_000

/** Learns limits from live traffic and writes them where the worker and the other proxies find them. */
export function makeLimits(deps: LimitsDeps): Limits {
  const known = new LRUCache<string, Known>({ max: 10_000 })
  /** When the headers of a model were last read, whether or not they stated limits. */
  const readAt = new LRUCache<string, number>({ max: 10_000 })
  const timer = setInterval(() => void flush().catch(() => {}), deps.writeMs)
  timer.unref()

  async function flush(): Promise<void> {
    const changed = [...known.values()].filter((one) => one.changed)
    for (const [orgId, learned] of Map.groupBy(changed, (one) => one.orgId)) {
      for (const one of learned) one.changed = false
      try {
        await deps.write(
          orgId,
          learned.map(({ providerId, model, credential, limits }) => ({ providerId, model, credential, limits })),
        )
      } catch (error) {
        for (const one of learned) one.changed = true
        throw error
      }
    }
  }

  return {
    hear(orgId, provider, model, headers) {
      const now = deps.now()
      const name = `${orgId}/${provider.id}/${model ?? ''}`
      if (now - (readAt.get(name) ?? Number.NEGATIVE_INFINITY) < readEveryMs) return
      readAt.set(name, now)
      const before = known.get(name)
      const credential = credentialMark(provider.sealedCredential)
      const same = before?.credential === credential ? before.limits : undefined
      const limits = deps.read(headers, now, same)
      if (!limits) return
      known.set(name, {
        orgId,
        providerId: provider.id,
        model,
        credential,
        limits: withLearned(same, limits),
        changed: true,
      })
    },
    flush,
    stop: () => clearInterval(timer),
  }
}
