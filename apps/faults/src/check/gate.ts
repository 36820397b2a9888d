import type { Evidence, Finding } from './evidence.ts'
import { inexactCharges } from './exact.ts'
import { growth, unhandled } from './health.ts'
import { drift, overspend, stillHeld } from './money.ts'
import { phantomRefusals } from './phantom.ts'
import { doubleRecords, lostRecords } from './records.ts'
import { crossTenant } from './tenants.ts'

/** The gate that every run has to pass (faults.md 5.4, G): every finding must be 0. */
export const gate = (evidence: Evidence): Finding[] =>
  [
    lostRecords,
    doubleRecords,
    inexactCharges,
    overspend,
    phantomRefusals,
    crossTenant,
    drift,
    stillHeld,
    unhandled,
    growth,
  ].map((check) => check(evidence))
