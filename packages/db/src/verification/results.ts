import type { OrgId } from '@tollkeeper/domain/id'
import { nanoUsdText, type NanoUsd } from '@tollkeeper/domain/price'
import { z } from 'zod'
import type { Db } from '../client.ts'

/** A counter that does not say what the ledger says. */
export type Drift = { node: string; counterNano: NanoUsd; ledgerNano: NanoUsd }

/** What was compared. */
export const checks = ['chain', 'counter', 'roll-up', 'hold', 'request', 'price'] as const

const finding = z.object({
  check: z.enum(checks),
  /** Scope and window, row or day, in words. */
  where: z.string(),
  expected: z.string(),
  found: z.string(),
})

/** One thing that differs, as a person reads it. */
export type Finding = z.output<typeof finding>

/** Outcome of the last verification of an organisation. */
export type Verification = { at: Date; checked: number; drift: Drift[]; findings: Finding[] }

const storedDrift = z.array(z.object({ node: z.string(), counterNano: nanoUsdText, ledgerNano: nanoUsdText }))

export async function save(db: Db, orgId: OrgId, result: Verification): Promise<void> {
  const drift = result.drift.map(({ node, counterNano, ledgerNano }) => ({
    node,
    counterNano: String(counterNano),
    ledgerNano: String(ledgerNano),
  }))
  const columns = { at: result.at, checked: result.checked, drift, findings: result.findings }
  await db.verification.upsert({ where: { orgId }, create: { orgId, ...columns }, update: columns })
}

export async function latest(db: Db, orgId: OrgId): Promise<Verification | undefined> {
  const row = await db.verification.findUnique({ where: { orgId } })
  if (!row) return undefined
  const { at, checked } = row
  return { at, checked, drift: storedDrift.parse(row.drift), findings: z.array(finding).parse(row.findings) }
}
