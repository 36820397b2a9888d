import { finding, type Evidence, type Finding } from './evidence.ts'

/** Nothing of one organisation shows up at another: neither in the ledger nor at the provider. */
export function crossTenant({ history, ledger, oracle, credentials }: Evidence): Finding {
  const askedBy = new Map<string | null, string>(history.map((call) => [call.requestId, call.orgId]))
  const chargedTo = new Map(ledger.map((row) => [row.attemptId, row.orgId]))
  return finding('cross-tenant', [
    ...ledger.flatMap(({ requestId, orgId }) => {
      const asker = askedBy.get(requestId)
      return asker === undefined || asker === orgId ? [] : [`request ${requestId} of ${asker} is charged to ${orgId}`]
    }),
    ...oracle.flatMap(({ attemptId, credentialLast4 }) => {
      const [charged, owner] = [chargedTo.get(attemptId), credentials.get(credentialLast4)]
      if (charged === undefined || charged === owner) return []
      return [`${attemptId} of ${charged} was sent with the credential of ${owner}`]
    }),
  ])
}
