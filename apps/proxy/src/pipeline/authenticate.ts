import { hash, timingSafeEqual } from 'node:crypto'
import { fail } from '@tollkeeper/domain/failure'
import { hashKey, sameHash, type Peppers } from '@tollkeeper/domain/key'
import type { KeyRecord } from '@tollkeeper/domain/policy'
import type { Instant } from '@tollkeeper/domain/time'
import type { Standing } from '../standing/standing.ts'
import type { Standings } from '../standing/standings.ts'
import { step, type Identified, type Narrowing, type Received, type SentKey } from './exchange.ts'

export type Authenticate = (received: Received) => Promise<Identified>

export type AuthenticateDeps = {
  standings: Standings
  peppers: Peppers
  /** Time of the store, by which keys expire. */
  storeNow: () => Instant
  monotonic: () => number
}

/** What a key's text is worth, for any route that takes keys. @throws Failure */
export type Identify = (key: SentKey, narrowing: Narrowing) => Promise<Standing>

const nobody = '0'.repeat(64)

/** Key → record, policy and chain of scopes. */
export function makeIdentify(deps: AuthenticateDeps): Identify {
  return async (key, narrowing) => {
    const known = deps.standings.known(key.publicId)
    const found = known ? ({ kind: 'found', standing: known } as const) : await deps.standings.find(key.publicId)
    if (found.kind !== 'found') {
      // As much work as for a key that exists, so that the time does not tell which ids do.
      sameHash(hashKey(key.text, deps.peppers, Math.max(...deps.peppers.keys())), nobody)
      if (found.kind === 'cannot-know') throw fail('budget_store_unavailable', undefined, { retryAfterMs: 2_000 })
      throw fail('invalid_api_key', undefined)
    }
    const { record, org } = found.standing
    if (!isThatKey(key.text, found.standing, deps.peppers)) throw fail('invalid_api_key', undefined)
    checkStatus(record, deps.storeNow())
    if (org.policy.suspended) throw fail('org_suspended', undefined)
    checkNarrowing(record, narrowing)
    return found.standing
  }
}

export function makeAuthenticate(deps: AuthenticateDeps, identify: Identify): Authenticate {
  return async (received) => {
    const { journey } = received
    const standing = await identify(received.key, received.narrowing)
    journey.standing = standing
    step(journey, 'authenticate', deps.monotonic())
    return { ...received, standing }
  }
}

function isThatKey(text: string, standing: Standing, peppers: Peppers): boolean {
  const digest = hash('sha256', text, 'buffer')
  if (standing.proven && timingSafeEqual(digest, standing.proven)) return true
  const { record } = standing
  if (!sameHash(hashKey(text, peppers, record.pepperVersion), record.hash)) return false
  standing.proven = digest
  return true
}

function checkStatus(record: KeyRecord, now: Instant): void {
  const changed = record.statusChangedAtMs
  if (record.status === 'revoked') throw fail('key_revoked', { at: changed === null ? null : dateOf(changed) })
  if (record.status === 'disabled') throw fail('key_disabled', undefined)
  if (record.expiresAtMs !== null && record.expiresAtMs <= now)
    throw fail('key_expired', { at: dateOf(record.expiresAtMs) })
}

const dateOf = (at: Instant): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')

// Headers may only narrow, and only to what the key is anyway: no key may speak for others (security.md T-HDR).
function checkNarrowing({ scopes }: KeyRecord, narrowing: Narrowing): void {
  const own: readonly [header: string, asked: string | undefined, id: string | null][] = [
    ['x-user-id', narrowing.userId, scopes.userId],
    ['x-team-id', narrowing.teamId, scopes.teamId],
    ['x-role', narrowing.role, scopes.roleId],
    ['x-llm-rolegroup', narrowing.roleGroup, scopes.roleGroupId],
  ]
  for (const [header, asked, id] of own) {
    if (asked !== undefined && asked !== id) throw fail('scope_forbidden', { header })
  }
}
