import type { Stores } from '#server/stores.ts'

/** A row of the outbox: this policy, or this key record where `keyId` is given, is to be published. */
export type OutboxRow = { id: bigint; orgId: string; keyId: string | null }

export async function publishOutbox(_stores: Stores, _rows: readonly OutboxRow[]): Promise<void> {}
