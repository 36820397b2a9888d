import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Machine, startMachine } from './machine.ts'

/** The repository. */
export const root = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '')

/** How the simulated provider is started: its append-only record is the oracle. */
export const provider = (port: number, record: string): Parameters<typeof startMachine>[0] => ({
  name: 'simulator',
  url: `http://127.0.0.1:${port}`,
  command: process.execPath,
  args: [join(root, 'apps/simulator/src/main.ts')],
  env: { SIMULATOR_PORT: String(port), SIMULATOR_RECORD_FILE: record, SIMULATOR_LOG_LEVEL: 'warn' },
  ready: /"listening"/,
  within: 60_000,
})

/** Calls that the provider is answering now. */
export async function callsUnderWay(simulator: Machine): Promise<number> {
  const answer = await fetch(`${simulator.url}/__sim/totals`)
  return ((await answer.json()) as { open: number }).open
}
