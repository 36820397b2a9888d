import type { OrgId } from '@tollkeeper/domain/id'
import { nanoUsdText, type NanoUsd } from '@tollkeeper/domain/price'
import { z } from 'zod'
import type { Db } from '../client.ts'

/** A counter that does not say what the ledger says. */
export type Drift = { node: string; counterNano: NanoUsd; ledgerNano: NanoUsd }

/** Outcome of the last comparison of an organisation's ledger and counters. */
export type Verification = { at: Date; checked: number; drift: Drift[] }

const storedDrift = z.array(z.object({ node: z.string(), counterNano: nanoUsdText, ledgerNano: nanoUsdText }))

export async function save(db: Db, orgId: OrgId, result: Verification): Promise<void> {
  const drift = result.drift.map(({ node, counterNano, ledgerNano }) => ({
    node,
    counterNano: String(counterNano),
    ledgerNano: String(ledgerNano),
  }))
  const columns = { at: result.at, checked: result.checked, drift }
  await db.verification.upsert({ where: { orgId }, create: { orgId, ...columns }, update: columns })
}

export async function latest(db: Db, orgId: OrgId): Promise<Verification | undefined> {
  const row = await db.verification.findUnique({ where: { orgId } })
  return row ? { at: row.at, checked: row.checked, drift: storedDrift.parse(row.drift) } : undefined
}
