import { closeSync, openSync, readSync, fstatSync } from 'node:fs'
import { list } from '@tollkeeper/db/budgets'
import type { Database } from '@tollkeeper/db/client'
import { ledgerNodes, rollupDrift } from '@tollkeeper/db/verification'
import { parseNodeId, type Budget } from '@tollkeeper/domain/budget'
import { readBalances } from '@tollkeeper/redis/balances'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Tenant } from '../plant/tenants.ts'
import type { CounterAtEnd, LedgerRow, OracleCall } from './evidence.ts'
import type { BudgetLimits } from './limits.ts'

const oracleLine = z.looseObject({
  receivedRequestId: z.string().nullable(),
  keyLastFour: z.string().nullable(),
  status: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  billedNano: z.string().transform(BigInt),
})

/** Size of the record now: a run reads only what is written after it began. */
export function sizeOf(file: string): number {
  const descriptor = openSync(file, 'a+')
  try {
    return fstatSync(descriptor).size
  } finally {
    closeSync(descriptor)
  }
}

/** The calls of these tenants in the provider's record, from byte `from` on. */
export function readOracle(file: string, from: number, tenants: readonly Tenant[]): OracleCall[] {
  const descriptor = openSync(file, 'r')
  const bytes = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - from))
  readSync(descriptor, bytes, 0, bytes.length, from)
  closeSync(descriptor)
  const ours = new Set(tenants.map((tenant) => tenant.credentialLast4))
  return bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => oracleLine.parse(JSON.parse(line)))
    .filter((call) => ours.has(call.keyLastFour ?? ''))
    .map((call) => ({
      attemptId: call.receivedRequestId ?? '',
      credentialLast4: call.keyLastFour ?? '',
      status: call.status,
      input: call.promptTokens,
      output: call.completionTokens,
      billed: call.billedNano,
    }))
}

/** Every row of the ledger of these tenants. */
export async function readLedger({ prisma }: Database, tenants: readonly Tenant[]): Promise<LedgerRow[]> {
  const rows = await prisma.ledgerEntry.findMany({ where: { orgId: { in: tenants.map(({ orgId }) => orgId) } } })
  return rows.map((row) => ({
    attemptId: row.attemptId,
    requestId: row.requestId,
    orgId: row.orgId,
    kind: row.kind,
    source: row.usageSource,
    input: row.inputUncached + row.inputCacheRead,
    output: row.outputText,
    amount: row.amountNano,
    hold: row.holdNano,
    atMs: row.at.getTime(),
    recordedMs: row.recordedAt.getTime(),
    nodes: row.nodes,
  }))
}

/** What counters are asked for: those of the windows at `at`, and those of other windows that these rows name. */
export type CountersAsked = { limits: BudgetLimits; at: number; past?: readonly LedgerRow[] }

/** Every counter of these tenants beside what the ledger says. */
export async function readCounters(
  { prisma }: Database,
  store: Redis,
  tenants: readonly Tenant[],
  { limits, at, past = [] }: CountersAsked,
): Promise<CounterAtEnd[]> {
  const counters: CounterAtEnd[] = []
  for (const { orgId } of tenants) {
    const current = await ledgerNodes(prisma, orgId, at)
    const spent = new Map(current.map((node) => [node.nodeId, node.spent]))
    for (const row of past.filter((each) => each.orgId === orgId)) {
      for (const node of row.nodes) {
        if (current.every(({ nodeId }) => nodeId !== node)) spent.set(node, (spent.get(node) ?? 0n) + row.amount)
      }
    }
    const budgets = new Map<string, Budget>((await list(prisma, orgId)).map((budget) => [budget.id, budget]))
    const balances = await readBalances(store, orgId, [...spent.keys()])
    for (const [node, ledger] of spent) {
      const budget = budgets.get(parseNodeId(node)?.budgetId ?? '')
      if (!budget) continue
      const { used, held } = balances.get(node) ?? { used: 0n, held: 0n }
      const { kind: scope, id: scopeId } = budget.scope
      counters.push({ orgId, scope, scopeId, node, used, held, ledger, limit: limits.highest(budget.id) })
    }
  }
  return counters
}

/** Hourly sums of these tenants that differ from the rows they sum. */
export async function readRollupDrift({ prisma }: Database, tenants: readonly Tenant[]): Promise<number> {
  let drift = 0
  for (const { orgId } of tenants) drift += await rollupDrift(prisma, orgId)
  return drift
}
