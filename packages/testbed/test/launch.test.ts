import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataFolder } from '../launch/data-folder.ts'
import { ownProcess, writeRun, type OwnProcess } from '../launch/run-file.ts'
import { apart, launch } from './launching.ts'

let dataDir = ''
const started: ChildProcess[] = []
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'testbed-launch-'))
})
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
})

const run = (command: 'start' | 'stop', env: Record<string, string> = {}) =>
  launch(command, { ...apart(dataDir), ...env })

/** A process that only waits, as `npm start` would have recorded it. */
async function waiting(name: string): Promise<OwnProcess & { ended: Promise<unknown> }> {
  const child = spawn('sleep', ['60'])
  started.push(child)
  await new Promise((resolve) => child.once('spawn', resolve))
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
  const known = ownProcess(name, child.pid ?? 0)
  if (!known) throw new Error(`${name} did not start.`)
  return { ...known, ended }
}

const addresses = {
  console: 'http://localhost:13000',
  proxy: 'http://localhost:18080',
  simulator: 'http://localhost:19099',
}

describe('npm start', () => {
  it('says in one sentence which port is taken and which variable changes it', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve)
    })
    const { port } = other.address() as AddressInfo

    const { code, output } = await run('start', { CONSOLE_PORT: String(port) })

    expect(output.trim()).toBe(
      `Port ${port} is used by another program: stop that, or set CONSOLE_PORT to a free port.`,
    )
    expect(code).toBe(1)
    other.close()
  })

  it('says what already runs instead of starting it twice', async () => {
    const launcher = await waiting('npm start')
    const folder = openDataFolder(dataDir)
    writeRun(folder, { launcher, processes: [], addresses })
    folder.writeJson('ready.json', {})

    const { code, output } = await run('start')

    expect(output).toContain(`already running (process ${launcher.pid})`)
    expect(output).toContain('http://localhost:18080')
    expect(code).toBe(0)
  })

  it('says in one sentence that its data folder cannot be made', async () => {
    const { code, output } = await run('start', { DATA_DIR: '/dev/null/data' })

    expect(output.trim()).toBe('The data folder /dev/null/data cannot be written to: set DATA_DIR to one that can.')
    expect(code).toBe(1)
  })

  it('names everything that is wrong with its environment at once', async () => {
    const { code, output } = await run('start', { PROXY_PORT: 'eighty', REDIS_URL: 'http://localhost' })

    expect(output).toContain('PROXY_PORT')
    expect(output).toContain('REDIS_URL: must be a redis:// address')
    expect(code).toBe(1)
  })
})

describe('npm stop', () => {
  it('stops what a killed launcher left running, and no stranger that has got its pid', async () => {
    const [proxy, worker, stranger] = [await waiting('proxy'), await waiting('worker'), await waiting('stranger')]
    const dead = { ...stranger, name: 'npm start', identity: 'of a process long gone' }
    const reused = { ...stranger, name: 'console', identity: 'of a process long gone' }
    writeRun(openDataFolder(dataDir), { launcher: dead, processes: [proxy, reused, worker], addresses })

    const { code, output } = await run('stop')

    expect(output.trim()).toBe('stopped proxy, worker')
    expect(code).toBe(0)
    expect(await Promise.all([proxy.ended, worker.ended])).toEqual(['SIGTERM', 'SIGTERM'])
    expect(ownProcess('stranger', stranger.pid)?.identity).toBe(stranger.identity)
    expect(existsSync(join(dataDir, 'run.json'))).toBe(false)
  })

  it('says that nothing is running', async () => {
    const { code, output } = await run('stop')

    expect(output.trim()).toBe('nothing is running')
    expect(code).toBe(0)
  })
})
