import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withLock } from '../launch/lock.mjs'
import { supervisor } from '../launch/supervisor.ts'
import { startChild } from '../src/processes/child.ts'
import { identityOf } from '../src/processes/identity.ts'
import { freePort, portIsTaken, spawnProcess, until } from '../src/processes/index.ts'

const server = (port: number) => ({
  name: 'a server',
  command: process.execPath,
  args: ['-e', `require('http').createServer((q, r) => r.end()).listen(${port}, '127.0.0.1', () => console.log('up'))`],
})

describe('a process of a test', () => {
  it('is awaited, killed and restarted', async () => {
    const port = await freePort()
    const started = await spawnProcess({ ...server(port), ready: `http://127.0.0.1:${port}` })
    const firstPid = started.pid

    const exit = await started.kill9()
    expect(exit.signal).toBe('SIGKILL')
    expect(await portIsTaken(port)).toBe(false)

    await started.restart()
    expect(started.pid).not.toBe(firstPid)
    expect(await portIsTaken(port)).toBe(true)
    expect(started.output()).toBe('up\nup\n')
    await started.stop()
    expect(await portIsTaken(port)).toBe(false)
  })

  it('that ends instead of becoming ready shows what it said', async () => {
    const ends = spawnProcess({
      name: 'the proxy',
      command: process.execPath,
      args: ['-e', 'console.error("no pepper"); process.exit(3)'],
      ready: /listening/,
    })
    await expect(ends).rejects.toThrow('the proxy ended before it was ready:\nno pepper')
  })
})

describe('the supervisor', () => {
  const pause = async (name: string, processes: number[]) => ({
    name,
    async start(born: (pid: number) => void) {
      const running = await startChild({ command: 'sleep', args: ['60'], log: '/dev/null', onParentDeath: 'SIGKILL' })
      born(running.pid)
      processes.push(running.pid)
      return running
    },
  })

  it('starts a service again that was killed, and stops all in the opposite order', async () => {
    const pids: number[] = []
    const seen: string[][] = []
    const services = supervisor((processes) => seen.push(processes.map(({ name }) => name)))
    await services.start([await pause('redis', pids)])
    await services.start([await pause('proxy', pids)])
    const proxy = pids[1] ?? Number.NaN

    process.kill(proxy, 'SIGKILL')
    await until(() => pids.length === 3, { within: 10_000 })
    await services.stop()

    expect(pids[2]).not.toBe(proxy)
    expect(seen.slice(-3)).toEqual([['proxy', 'redis'], ['redis'], []])
    expect(pids.map(identityOf)).toEqual([undefined, undefined, undefined])
  })

  it('gives up on a service that ends again and again', async () => {
    const services = supervisor(() => {}, { firstPauseMs: 1 })
    await services.start([
      {
        name: 'proxy',
        async start(born) {
          const running = await startChild({ command: 'sleep', args: ['0.01'], log: '/dev/null' })
          born(running.pid)
          return running
        },
      },
    ])

    expect((await services.broken).message).toBe('proxy ended 6 times in a row')
    await services.stop()
  })
})

describe('a lock', () => {
  it('lets one at a time work, and is taken over from a process that is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'testbed-lock-'))
    const file = join(folder, 'lock')
    writeFileSync(file, '4194305') // above every possible pid
    const order: string[] = []
    const work = (name: string) =>
      withLock(file, 'testing', async () => {
        order.push(`${name} begins`)
        await new Promise((resolve) => setImmediate(resolve))
        order.push(`${name} ends`)
      })

    await Promise.all([work('one'), work('other')])

    expect(order).toEqual(['one begins', 'one ends', 'other begins', 'other ends'])
    rmSync(folder, { recursive: true })
  })
})
