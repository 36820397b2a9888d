import type { KeyId, OrgId } from '@tollkeeper/domain/id'
import { defineJob } from '../job.ts'

export type PublishPorts = {
  /** Whether the store holds every policy, or lost them. */
  isComplete: () => Promise<boolean>
  markComplete: () => Promise<void>
  /** Publishes every key and organisation; gives how many. */
  publishEverything: () => Promise<number>
  /** Changes committed a while ago that nobody published, oldest first. */
  pending: () => Promise<readonly { id: bigint; orgId: OrgId; keyId: KeyId | null }[]>
  /** Builds the newest state from Postgres and publishes it. Does nothing for what no longer exists. */
  publish: (orgId: OrgId, keyId: KeyId | null) => Promise<void>
  done: (ids: readonly bigint[]) => Promise<void>
}

/** Publishes policies whose publication was missed, and all of them when Redis lost them. */
export const publishPolicies = defineJob<PublishPorts>({
  name: 'publish-policies',
  run: async (ports) => {
    let published = 0
    if (!(await ports.isComplete())) {
      published += await ports.publishEverything()
      await ports.markComplete()
    }
    // Several notes about one thing are one publication: what is published is the newest state anyway.
    const byTarget = Map.groupBy(await ports.pending(), ({ orgId, keyId }) => `${orgId} ${keyId ?? ''}`)
    for (const notes of byTarget.values()) {
      const [{ orgId, keyId } = { orgId: undefined, keyId: null }] = notes
      if (orgId === undefined) continue
      await ports.publish(orgId, keyId)
      await ports.done(notes.map((note) => note.id))
      published += 1
    }
    return { published }
  },
})
