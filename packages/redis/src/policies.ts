import type { OrgId } from '@tollkeeper/domain/id'
import { keyRecord, orgPolicy, type KeyRecord, type OrgPolicy } from '@tollkeeper/domain/policy'
import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'
import { keyRecordKey, orgPolicyKey, policiesCompleteKey, policyChannel } from './keys.ts'
import { UnexpectedReply } from './reply.ts'

export type PolicyChange = { kind: 'key'; publicId: string } | { kind: 'org'; orgId: OrgId }

export type PolicyPublisher = {
  /** Publishes and announces a record, unless a newer one is there: then false. */
  publishKey: (record: KeyRecord) => Promise<boolean>
  /** Publishes and announces a policy, unless a newer one is there: then false. */
  publishOrg: (policy: OrgPolicy) => Promise<boolean>
  /** Takes a record away, for a key that is deleted for good. */
  forgetKey: (publicId: string) => Promise<void>
  forgetOrg: (orgId: OrgId) => Promise<void>
  /** Says that every key and organisation is published: from now on an unknown key is known not to exist. */
  markComplete: () => Promise<void>
  /** Takes that back, for a store that may have lost some: an unknown key may exist then. */
  markIncomplete: () => Promise<void>
  isComplete: () => Promise<boolean>
}

export type PolicyReader = {
  /** Null: not published. Rejects with StoreUnavailable, or when what is published cannot be read. */
  key: (publicId: string) => Promise<KeyRecord | null>
  org: (orgId: OrgId) => Promise<OrgPolicy | null>
  /** While false, a key that is not found may exist all the same. */
  isComplete: () => Promise<boolean>
  /** Calls `listener` at every change from the moment the promise resolves. Announcements can be lost: re-read as well. */
  onChange: (listener: (change: PolicyChange) => void) => Promise<void>
}

/** Amounts and prices travel as digit strings. */
const toJson = (value: object): string =>
  JSON.stringify(value, (_name, field: unknown) => (typeof field === 'bigint' ? field.toString() : field))

const isComplete = async (redis: Redis): Promise<boolean> => (await reachable(redis.exists(policiesCompleteKey))) === 1

export function makePolicyPublisher(redis: Redis): PolicyPublisher {
  /**
   * A sorted set by version, of which the newest stays: an older version never replaces a newer one, and the same
   * version replaces itself, so that what is broken can be repaired. Plain commands in one transaction, not Lua: the
   * console publishes, and its bundler knows no .lua files.
   */
  async function publish(key: string, value: { version: number }, announcement: string): Promise<boolean> {
    const version = String(value.version)
    const replies = await reachable(
      redis
        .multi()
        .zremrangebyscore(key, version, version)
        .zadd(key, version, toJson(value))
        .zremrangebyrank(key, 0, -2)
        .zcount(key, version, version)
        .exec(),
    )
    const [error, newest] = replies?.[3] ?? []
    if (error) throw error
    if (newest !== 0 && newest !== 1) throw new UnexpectedReply('publish', replies)
    if (newest === 1) await reachable(redis.publish(policyChannel, announcement))
    return newest === 1
  }
  async function forget(key: string, announcement: string): Promise<void> {
    await reachable(redis.del(key))
    await reachable(redis.publish(policyChannel, announcement))
  }
  return {
    publishKey: (record) => publish(keyRecordKey(record.publicId), record, `key:${record.publicId}`),
    publishOrg: (policy) => publish(orgPolicyKey(policy.orgId), policy, `org:${policy.orgId}`),
    forgetKey: (publicId) => forget(keyRecordKey(publicId), `key:${publicId}`),
    forgetOrg: (orgId) => forget(orgPolicyKey(orgId), `org:${orgId}`),
    async markComplete() {
      await reachable(redis.set(policiesCompleteKey, '1'))
    },
    async markIncomplete() {
      await reachable(redis.del(policiesCompleteKey))
    },
    isComplete: () => isComplete(redis),
  }
}

/** `subscriber`: a connection of its own, used for nothing else (`connectRedisPatiently`). */
export function makePolicyReader(redis: Redis, subscriber: Redis): PolicyReader {
  const read = async (key: string): Promise<unknown> => {
    const [json] = await reachable(redis.zrange(key, '-1', '-1'))
    return json === undefined ? null : JSON.parse(json)
  }
  return {
    async key(publicId) {
      return keyRecord.nullable().parse(await read(keyRecordKey(publicId)))
    },
    async org(orgId) {
      return orgPolicy.nullable().parse(await read(orgPolicyKey(orgId)))
    },
    isComplete: () => isComplete(redis),
    async onChange(listener) {
      subscriber.on('message', (channel: string, message: string) => {
        const change = channel === policyChannel ? parseChange(message) : undefined
        if (change) listener(change)
      })
      await reachable(subscriber.subscribe(policyChannel))
    },
  }
}

function parseChange(message: string): PolicyChange | undefined {
  if (message.startsWith('key:')) return { kind: 'key', publicId: message.slice(4) }
  if (message.startsWith('org:')) return { kind: 'org', orgId: message.slice(4) as OrgId }
  return undefined
}
