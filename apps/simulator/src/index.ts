export type { BehaviourChange } from './behaviour.ts'
export type { Call, Totals } from './record/call.ts'
export type { CallPage } from './record/call-record.ts'
export { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
