import type { Chance } from '../chance.ts'
import type { BudgetLimits } from '../check/limits.ts'
import type { Load } from '../load/load.ts'
import type { LoadName } from '../load/profile.ts'
import type { Plant, PlantWish, ProxySeat, WorkerSeat } from '../plant/plant.ts'
import type { Tenant } from '../plant/tenants.ts'

/** What must hold beside the common gate; `told` gives the figure. */
export type Condition = { name: string; holds: boolean; told: string }

/** What a fault may touch while the load goes on. */
export type Lab = {
  plant: Plant
  tenants: readonly Tenant[]
  load: Load
  limits: BudgetLimits
  chance: Chance
  /** Milliseconds for which the load is to go on in all; faults share it out. */
  forMs: number
  proxy: (at: number) => ProxySeat
  worker: (at: number) => WorkerSeat
  /** Says that the fault is over now: recovery is counted from here. */
  healed: () => void
}

/** One fault of the programme (faults.md 5.4). */
export type Fault = {
  id: string
  title: string
  load: LoadName
  /** Own counts may differ from the bill, within the hold: proxies were killed, or the way to the provider broken. */
  evidenceLost?: boolean
  storeOutage?: 'bounded'
  /** Zones of its organisations, one for each; eight organisations in four zones unless told. */
  timeZones?: readonly string[]
  /** What its plant has to have beside the usual. */
  wish?: PlantWish
  /** Runs an earlier release beside this one. */
  needsPrevious?: true
  /** Why it cannot run here, if so. */
  cannotRun?: (now: Date) => string | null
  /** Breaks something, mends it again, and gives what has to hold beside the gate. */
  inflict: (lab: Lab) => Promise<readonly Condition[]>
  /** Asked after calm. */
  afterwards?: (lab: Lab) => Promise<readonly Condition[]>
}
