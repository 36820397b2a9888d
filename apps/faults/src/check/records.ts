import { finding, type Evidence, type Finding, type LedgerRow } from './evidence.ts'

/** Rows of the ledger by attempt. Rows of later re-rating are not the charge itself. */
export const byAttempt = (rows: readonly LedgerRow[]): Map<string, LedgerRow[]> =>
  Map.groupBy(
    rows.filter(({ kind }) => kinds.has(kind)),
    (row) => row.attemptId,
  )

const kinds = new Set(['final', 'provisional', 'correction'])

/** Every call that the provider bills has a row, and every whole answer that a client got (I16). */
export function lostRecords({ oracle, ledger, history }: Evidence): Finding {
  const attempts = byAttempt(ledger)
  const requests = new Set(ledger.map((row) => row.requestId))
  return finding('lost records', [
    ...oracle
      .filter((call) => call.billed > 0n && !attempts.has(call.attemptId))
      .map((call) => `${call.attemptId}: billed ${call.billed}, in no row`),
    ...history
      .filter((call) => call.outcome === 'ok' && (call.requestId === null || !requests.has(call.requestId)))
      .map((call) => `request ${call.requestId} was answered, in no row`),
  ])
}

/** The sets of rows that one attempt may have (I8, I9). */
const allowed = new Set(['final', 'provisional', 'correction+provisional'])

/** No attempt is charged twice, and none was sent twice. */
export function doubleRecords({ oracle, ledger }: Evidence): Finding {
  const charged = [...byAttempt(ledger)].flatMap(([attempt, rows]) => {
    const shape = rows.map(({ kind }) => kind).toSorted()
    return allowed.has(shape.join('+')) ? [] : [`${attempt}: ${shape.join('+')}`]
  })
  const sent = [...Map.groupBy(oracle, (call) => call.attemptId)].flatMap(([attempt, calls]) =>
    calls.length > 1 ? [`${attempt}: reached the provider ${calls.length} times`] : [],
  )
  return finding('double records', [...charged, ...sent])
}
