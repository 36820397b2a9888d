import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { inheritedEnv } from '../src/env.ts'

/** The file behind `npm start` and `npm stop`, without the toolchain. */
export const scriptOf = (command: 'start' | 'stop'): string =>
  fileURLToPath(new URL(`../launch/${command}.ts`, import.meta.url))

/** An environment that meets nothing else on this machine. */
export const apart = (dataDir: string): Record<string, string> => ({
  DATA_DIR: dataDir,
  DATABASE_URL: '',
  REDIS_URL: '',
  PROXY_PORT: '0',
  CONSOLE_PORT: '0',
  SIMULATOR_PORT: '0',
  WORKER_PORT: '0',
})

/** Runs a command to its end. */
export async function launch(
  command: 'start' | 'stop',
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [scriptOf(command)], {
    env: inheritedEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output }
}
