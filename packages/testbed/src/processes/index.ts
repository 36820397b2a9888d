export { freePort, portIsTaken } from './free-port.ts'
export { spawnProcess, type ProcessOptions, type SpawnedProcess } from './spawn-process.ts'
export { until } from './until.ts'
