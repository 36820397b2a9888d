import { fileURLToPath } from 'node:url'
import { spawnProcess, type SpawnedProcess } from '@tollkeeper/testbed/processes'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** A proxy as a process of its own. */
export type ProxyProcess = SpawnedProcess & { url: string }

export async function spawnProxy(env: Record<string, string>): Promise<ProxyProcess> {
  const child = await spawnProcess({
    name: 'proxy',
    command: process.execPath,
    args: [main],
    env,
    ready: /"listening":/,
  })
  const url = /"listening":"([^"]+)"/.exec(child.output())?.[1] ?? ''
  return Object.assign(child, { url })
}
