import type { KeyId, OrgId } from '@tollkeeper/domain/id'
import { defineJob } from '../job.ts'

export type PendingPolicy = { ids: readonly bigint[]; orgId: OrgId; keyId: KeyId | null }

type Ports = {
  /** Whether the store holds every policy, or lost them. */
  isComplete: () => Promise<boolean>
  markComplete: () => Promise<void>
  /** Everything that must be published when the store lost it. */
  everything: () => AsyncIterable<{ orgId: OrgId; keyId: KeyId | null }>
  /** Changes committed a while ago that nobody published. */
  pending: () => Promise<PendingPolicy[]>
  /** Builds the newest state from Postgres and publishes it. Does nothing for what no longer exists. */
  publish: (orgId: OrgId, keyId: KeyId | null) => Promise<void>
  done: (ids: readonly bigint[]) => Promise<void>
}

/** Publishes policies whose publication was missed, and all of them when Redis lost them. */
export const publishPolicies = defineJob<Ports>({
  name: 'publish-policies',
  run: async (ports) => {
    let published = 0
    if (!(await ports.isComplete())) {
      for await (const { orgId, keyId } of ports.everything()) {
        await ports.publish(orgId, keyId)
        published += 1
      }
      await ports.markComplete()
    }
    for (const { ids, orgId, keyId } of await ports.pending()) {
      await ports.publish(orgId, keyId)
      await ports.done(ids)
      published += 1
    }
    return { published }
  },
})
