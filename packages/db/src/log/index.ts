export { openingsAt } from './openings.ts'
export { countLog, readLog } from './read-log.ts'
