import { consoleEnv } from '#env.ts'
import { stores } from '#server/stores.ts'

try {
  consoleEnv()
} catch (problem) {
  console.error(problem instanceof Error ? problem.message : problem)
  process.exit(1)
}
// Connects now, so that the first page does not wait for it.
stores()
