import { createHash } from 'node:crypto'
import type { AttemptId, KeyId, OrgId } from '@tollkeeper/domain/id'
import type { Limited } from '@tollkeeper/domain/rate'
import { scopeText } from '@tollkeeper/domain/scope'
import { shardOf, type Shard } from './shards.ts'

/*
 * Every key of the keyspace (README). The shard in braces is the hash tag: all keys of one call share a cluster slot.
 * Ids cannot contain a slash, so `<organisation>/<id>` is never the text of another pair.
 */

export const epochKey = (shard: Shard): string => `ep:{${shard}}`
export const sequenceKey = (shard: Shard): string => `sq:{${shard}}`
export const leasesKey = (shard: Shard): string => `ls:{${shard}}`
export const usageStreamKey = (shard: Shard): string => `us:{${shard}}`

export const holdKey = (orgId: OrgId, attemptId: AttemptId): string => `h:{${shardOf(orgId)}}:${orgId}/${attemptId}`
export const counterKey = (orgId: OrgId, nodeId: string): string => `b:{${shardOf(orgId)}}:${orgId}/${nodeId}`

/** Counters of an organisation that were made, with the ends of their windows. */
export const counterIndexKey = (orgId: OrgId): string => `bx:{${shardOf(orgId)}}:${orgId}`

/** How the sorted set of leases names a hold. */
export const leaseMember = (orgId: OrgId, attemptId: AttemptId): string => `${orgId}/${attemptId}`

/** The inverse of `leaseMember`. Undefined for text of another form. */
export function parseLeaseMember(member: string): { orgId: OrgId; attemptId: AttemptId } | undefined {
  const [orgId, attemptId, rest] = member.split('/')
  if (!orgId || !attemptId || rest !== undefined) return undefined
  return { orgId: orgId as OrgId, attemptId: attemptId as AttemptId }
}

/** A hold of which a rebuild has yet to learn whether it is still open, and the list of those. */
export const shelvedHoldKey = (orgId: OrgId, attemptId: AttemptId): string =>
  `hx:{${shardOf(orgId)}}:${orgId}/${attemptId}`
export const shelvedKey = (shard: Shard): string => `lx:{${shard}}`
/** Epoch that a rebuild prepares, and who has told of its open holds under it. */
export const preparationKey = (shard: Shard): string => `rb:{${shard}}`
export const answersKey = (shard: Shard): string => `ra:{${shard}}`
/** Counters that a hold found to be lost. */
export const lostCountersKey = (shard: Shard): string => `lc:{${shard}}`
/** How that list names a counter. */
export const lostCounterMember = (orgId: OrgId, nodeId: string): string => `${orgId}/${nodeId}`
/** Attempts that a re-rating has adjusted. */
export const adjustedKey = (orgId: OrgId, rerating: string): string => `ad:{${shardOf(orgId)}}:${orgId}/${rerating}`
/** Proxies by when they last said that they live, and what they are to answer. */
export const presentKey = 'px:{proxies}:present'
export const rebuildsKey = 'px:{proxies}:rebuilds'

/** Requests per minute and hour, tokens per minute, tokens per hour, token bucket. */
export type RateKind = 'rq' | 'tm' | 'th' | 'tb'

export const rateKey = (kind: RateKind, orgId: OrgId, scope: Limited): string =>
  `${kind}:{${shardOf(orgId)}}:${orgId}/${scopeText(scope)}`

/** Who runs in a scope: streams and whole answers apart. */
export const permitsKey = (kind: 'streams' | 'whole', orgId: OrgId, scope: Limited): string =>
  `${kind === 'streams' ? 'ps' : 'pw'}:{${shardOf(orgId)}}:${orgId}/${scopeText(scope)}`

/** The answer of a request by the word that a key's client chose for it; clients may choose any text. */
export const idempotencyKey = (orgId: OrgId, keyId: KeyId, word: string): string =>
  `ik:{${shardOf(orgId)}}:${orgId}/${keyId}/${createHash('sha256').update(word).digest('base64url')}`

/** What the providers of an organisation told about their limits. */
export const providerLimitsKey = (orgId: OrgId): string => `pl:{${shardOf(orgId)}}:${orgId}`
/** There while an organisation's providers were asked a short while ago. */
export const providersAskedKey = (orgId: OrgId): string => `pq:{${shardOf(orgId)}}:${orgId}`
/** The installation's spending ceiling in one window: a slot of its own, since it belongs to no organisation. */
export const ceilingKey = (windowId: string): string => `pc:{platform}:${windowId}`
/** Leases of what processes hold of it. */
export const ceilingLeasesKey = (windowId: string): string => `pe:{platform}:${windowId}`

/** Circuit breaker of one model at one provider by one credential, and those of an organisation that have ever opened. */
export const breakerKey = (orgId: OrgId, name: string): string => `cb:{${shardOf(orgId)}}:${orgId}/${name}`
export const breakerIndexKey = (orgId: OrgId): string => `ci:{${shardOf(orgId)}}:${orgId}`
/** Channel on which changed breakers are announced. */
export const breakerChannel = 'breakers:changed'

export const keyRecordKey = (publicId: string): string => `key:${publicId}`
export const orgPolicyKey = (orgId: OrgId): string => `org:${orgId}`
export const policiesCompleteKey = 'policies:complete'
/** Which events proxies want to find in the ledger, by proxy. One key, not sharded. */
export const confirmationAsksKey = 'journals:asked'
export const confirmationAnswerKey = (instance: string): string => `journals:answer:${instance}`
/** Channel on which changed policies are announced. */
export const policyChannel = 'policies:changed'
