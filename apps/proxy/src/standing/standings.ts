import type { OrgId } from '@tollkeeper/domain/id'
import type { KeyRecord, OrgPolicy } from '@tollkeeper/domain/policy'
import { LRUCache } from 'lru-cache'
import { indexOrg, type OrgIndex } from './org-index.ts'
import { standingOf, type Standing } from './standing.ts'

/** Where records and policies are read (Redis). Both reject when it cannot be asked. */
export type PolicySource = {
  key(publicId: string): Promise<KeyRecord | null>
  org(orgId: OrgId): Promise<OrgPolicy | null>
  /** False while not everything was published: what is not found may exist all the same. */
  isComplete(): Promise<boolean>
}

/** `cannot-know`: not found, but not everything is published. */
export type Lookup = { kind: 'found'; standing: Standing } | { kind: 'unknown' } | { kind: 'cannot-know' }

export type Standings = {
  find: (publicId: string) => Promise<Lookup>
  /** The same without a promise when it is in memory and fresh, which is nearly always. */
  known: (publicId: string) => Standing | undefined
  /** An organisation's policy; null where there is none. */
  org: (orgId: OrgId) => Promise<OrgIndex | null>
  forgetKey: (publicId: string) => void
  forgetOrg: (orgId: OrgId) => void
  /** After announcements may have been lost. */
  forgetAll: () => void
}

/** A cached value, good until `freshUntil`; a little before, it is read again in the background. */
type Cached<T> = { value: T; freshUntil: number; refreshFrom: number; trustedUntil: number }

const freshMs = 5_000
const refreshAfterMs = 2_500
/** How old what is known may be while the store is away, for organisations that are answered then. */
const trustedMs = 900_000
/** A key that is not there: short, since somebody may be about to create it. */
const absentMs = 1_000

/**
 * Keys and policies in memory for at most 5 s (design.md 4), also when an announcement of a change is lost. With Redis
 * away, what is older than that is not trusted any more; but by organisations that are answered out of slices then.
 */
export function makeStandings(source: PolicySource, now: () => number): Standings {
  const keys = new LRUCache<string, Cached<KeyRecord | null>>({ max: 50_000 })
  const orgs = new LRUCache<OrgId, Cached<OrgIndex | null>>({ max: 10_000 })
  const resolved = new LRUCache<string, Standing>({ max: 50_000 })
  const loadingKeys = new Map<string, Promise<KeyRecord | null>>()
  const loadingOrgs = new Map<OrgId, Promise<OrgIndex | null>>()

  const cached = <T>(value: T): Cached<T> => {
    const at = now()
    return {
      value,
      freshUntil: at + (value === null ? absentMs : freshMs),
      refreshFrom: at + refreshAfterMs,
      trustedUntil: at + trustedMs,
    }
  }
  const loadKey = (publicId: string) =>
    once(loadingKeys, publicId, {
      load: () => source.key(publicId),
      keep: (record) => void keys.set(publicId, cached(record)),
    })
  const loadOrg = (orgId: OrgId) =>
    once(loadingOrgs, orgId, {
      async load() {
        const policy = await source.org(orgId)
        const there = orgs.get(orgId)?.value
        // The same policy again: what was built for it still holds.
        if (policy && there?.policy.version === policy.version) return there
        return policy && indexOrg(policy)
      },
      keep: (index) => void orgs.set(orgId, cached(index)),
    })

  const standing = (record: KeyRecord, org: OrgIndex): Standing => {
    const there = resolved.get(record.publicId)
    if (there && there.record.version === record.version && there.org === org) return there
    const fresh = standingOf(record, org)
    resolved.set(record.publicId, fresh)
    return fresh
  }

  const known = (publicId: string): Standing | undefined => {
    const at = now()
    const key = keys.get(publicId)
    if (!key?.value || at >= key.freshUntil) return undefined
    const org = orgs.get(key.value.scopes.orgId)
    if (!org?.value || at >= org.freshUntil) return undefined
    if (at >= key.refreshFrom) refresh(loadKey(publicId))
    if (at >= org.refreshFrom) refresh(loadOrg(key.value.scopes.orgId))
    return standing(key.value, org.value)
  }

  /** What was known last, of an organisation that wants to be answered while the store is away. */
  const lastKnown = (publicId: string): Standing | undefined => {
    const key = keys.get(publicId)
    const org = key?.value && orgs.get(key.value.scopes.orgId)
    if (!key?.value || !org?.value || now() >= key.trustedUntil || now() >= org.trustedUntil) return undefined
    return org.value.policy.settings.storeOutage === 'bounded' ? standing(key.value, org.value) : undefined
  }

  async function look(publicId: string): Promise<Lookup> {
    const key = keys.get(publicId)
    const record = key && now() < key.freshUntil ? key.value : await loadKey(publicId)
    if (record) {
      const { orgId } = record.scopes
      const org = orgs.get(orgId)
      const index = org && now() < org.freshUntil ? org.value : await loadOrg(orgId)
      if (index) return { kind: 'found', standing: standing(record, index) }
      return { kind: 'cannot-know' }
    }
    return { kind: (await source.isComplete()) ? 'unknown' : 'cannot-know' }
  }

  const orgOf = async (orgId: OrgId): Promise<OrgIndex | null> => {
    const there = orgs.get(orgId)
    return there && now() < there.freshUntil ? there.value : loadOrg(orgId)
  }

  return {
    known,
    org: orgOf,
    async find(publicId) {
      const there = known(publicId)
      if (there) return { kind: 'found', standing: there }
      try {
        return await look(publicId)
      } catch (error) {
        const last = lastKnown(publicId)
        if (!last) throw error
        return { kind: 'found', standing: last }
      }
    },
    forgetKey(publicId) {
      keys.delete(publicId)
      loadingKeys.delete(publicId)
    },
    forgetOrg(orgId) {
      orgs.delete(orgId)
      loadingOrgs.delete(orgId)
    },
    forgetAll() {
      keys.clear()
      orgs.clear()
      loadingKeys.clear()
      loadingOrgs.clear()
    },
  }
}

/**
 * Lets everybody who asks for the same thing at the same time wait for one answer. An answer that was being read when
 * the thing changed is given to those who wait, but not kept.
 */
function once<K, T>(
  running: Map<K, Promise<T>>,
  key: K,
  { load, keep }: { load: () => Promise<T>; keep: (value: T) => void },
): Promise<T> {
  const there = running.get(key)
  if (there) return there
  const promise: Promise<T> = load().then(
    (value) => {
      if (running.get(key) === promise) {
        running.delete(key)
        keep(value)
      }
      return value
    },
    (error: unknown) => {
      if (running.get(key) === promise) running.delete(key)
      throw error
    },
  )
  running.set(key, promise)
  return promise
}

// A failure shows when the value has become stale and is read in the foreground.
const refresh = (loading: Promise<unknown>): void => void loading.catch(() => {})
