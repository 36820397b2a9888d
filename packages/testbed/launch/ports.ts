import { freePort, portIsTaken } from '../src/processes/free-port.ts'
import type { LaunchEnv } from './env.ts'
import { Problem } from './progress.mjs'

export type Ports = {
  readonly proxy: number
  readonly console: number
  readonly simulator: number
  readonly worker: number
}

/**
 * The ports to listen on; a configured 0 becomes a free one.
 *
 * @throws Problem with one sentence for each port that another program has
 */
export async function choosePorts(env: LaunchEnv): Promise<Ports> {
  const wanted = ['PROXY_PORT', 'CONSOLE_PORT', 'SIMULATOR_PORT', 'WORKER_PORT'] as const
  const taken: string[] = []
  for (const name of wanted) {
    if (env[name] !== 0 && (await portIsTaken(env[name]))) {
      taken.push(`Port ${env[name]} is used by another program: stop that, or set ${name} to a free port.`)
    }
  }
  if (taken.length > 0) throw new Problem(taken.join('\n'))
  return {
    proxy: env.PROXY_PORT || (await freePort()),
    console: env.CONSOLE_PORT || (await freePort()),
    simulator: env.SIMULATOR_PORT || (await freePort()),
    worker: env.WORKER_PORT || (await freePort()),
  }
}
