import { finding, type Evidence, type Finding, type LedgerRow, type OracleCall } from './evidence.ts'
import { byAttempt } from './records.ts'

/**
 * What is charged is what the provider bills, in tokens of each class and to the nano-dollar (I14), wherever a usage
 * report was received. Where the evidence was lost the charge is at least the bill and at most the hold: nobody knows
 * more (money.md 4.4). An own count of a stream that broke is exact unless bytes were lost on the way.
 */
export function inexactCharges({ oracle, ledger, evidenceLost }: Evidence): Finding {
  const calls = new Map(oracle.map((call) => [call.attemptId, call]))
  return finding(
    'inexact charges',
    [...byAttempt(ledger)].flatMap(([attempt, rows]) => {
      const why = problemOf(rows, calls.get(attempt), evidenceLost)
      return why === null
        ? []
        : [`${attempt} (${rows.map(({ kind, source }) => `${kind} ${source}`).join(', ')}): ${why}`]
    }),
  )
}

function problemOf(rows: readonly LedgerRow[], call: OracleCall | undefined, evidenceLost: boolean): string | null {
  const last = rows.find(({ kind }) => kind !== 'provisional') ?? rows[0]
  if (!last) return null
  const amount = rows.reduce((sum, row) => sum + row.amount, 0n)
  if (amount < 0n || amount > last.hold) return `charged ${amount}, outside of its hold of ${last.hold}`
  if (last.source === 'held') {
    const least = call?.billed ?? 0n
    return amount < least ? `charged ${amount} without evidence, billed ${least}` : null
  }
  if (!call) return amount === 0n ? null : `charged ${amount} for a call that the provider never saw`
  if (last.source === 'estimated' && evidenceLost) return null
  const same = amount === call.billed && last.input === call.input && last.output === call.output
  if (same || (last.source === 'estimated' && amount === call.billed)) return null
  return `charged ${amount} for ${last.input}+${last.output} tokens, billed ${call.billed} for ${call.input}+${call.output}`
}
