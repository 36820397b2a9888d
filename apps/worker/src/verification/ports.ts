import type { Database } from '@tollkeeper/db/client'
import {
  brokenChains,
  counterWords,
  expectedNodes,
  oddRequests,
  rollupDrift,
  unchainedRows,
  wrongAmounts,
  type BrokenChain,
  type LedgerNode,
  type OddRequest,
  type WrongAmount,
} from '@tollkeeper/db/verification'
import type { OrgId } from '@tollkeeper/domain/id'
import { readBalances, type Balance } from '@tollkeeper/redis/balances'
import { readOpenHolds, type OpenHold } from '@tollkeeper/redis/open-holds'
import { readWaiting } from '@tollkeeper/redis/usage-stream'
import type { Redis } from 'ioredis'

/** What verification reads. Nothing here writes. */
export type VerificationPorts = {
  /** Counters of today's windows as opening, ledger and the waiting part of the stream say. */
  expected: (orgId: OrgId) => Promise<readonly LedgerNode[]>
  /** Counters that exist. */
  counters: (orgId: OrgId, nodeIds: readonly string[]) => Promise<ReadonlyMap<string, Balance>>
  openHolds: (orgId: OrgId) => Promise<readonly OpenHold[]>
  words: (orgId: OrgId, nodes: readonly LedgerNode[]) => Promise<ReadonlyMap<string, string>>
  brokenChains: (orgId: OrgId, since?: string) => Promise<readonly BrokenChain[]>
  unchainedRows: (orgId: OrgId) => Promise<{ count: number; first: string | null }>
  rollupDrift: (orgId: OrgId) => Promise<number>
  oddRequests: (orgId: OrgId, since?: Date) => Promise<readonly OddRequest[]>
  wrongAmounts: (orgId: OrgId, since?: Date) => Promise<{ checked: number; unknown: number; wrong: WrongAmount[] }>
}

export function verificationPorts({ prisma }: Database, redis: Redis): VerificationPorts {
  return {
    expected: async (orgId) => expectedNodes(prisma, orgId, await readWaiting(redis, orgId), Date.now()),
    counters: (orgId, nodeIds) => readBalances(redis, orgId, nodeIds),
    openHolds: (orgId) => readOpenHolds(redis, orgId),
    words: (orgId, nodes) => counterWords(prisma, orgId, nodes),
    brokenChains: (orgId, since) => brokenChains(prisma, orgId, since),
    unchainedRows: (orgId) => unchainedRows(prisma, orgId),
    rollupDrift: (orgId) => rollupDrift(prisma, orgId),
    oddRequests: (orgId, since) => oddRequests(prisma, orgId, since),
    wrongAmounts: (orgId, since) => wrongAmounts(prisma, orgId, since),
  }
}
