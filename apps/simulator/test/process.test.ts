import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { ask } from './simulated.ts'

const main = new URL('../src/main.ts', import.meta.url).pathname
let child: ChildProcess | undefined
afterEach(() => {
  child?.kill('SIGKILL')
})

function start(variables: Record<string, string>): { output: () => string; errors: () => string; child: ChildProcess } {
  const started = spawn(process.execPath, [main], { env: variables, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  started.stdout.on('data', (text) => (output += text))
  started.stderr.on('data', (text) => (errors += text))
  child = started
  return { output: () => output, errors: () => errors, child: started }
}

it('says where it listens, and on SIGTERM ends the running stream and exits with 0', async () => {
  const { output, child } = start({ SIMULATOR_PORT: '0', SIMULATOR_LOG_LEVEL: 'silent' })
  await expect.poll(output, { timeout: 10_000 }).toMatch(/^\{"listening":"http:\/\/127\.0\.0\.1:\d+"\}\n$/)
  const { listening } = JSON.parse(output())
  const answer = await fetch(`${listening}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(ask('[[sim:tps=100]] [[sim:tokens=50]]', { stream: true })),
  })
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await answer.text()).toContain('[DONE]')
  expect(await exited).toEqual([0, null])
})

it('tells every problem of the environment at once', async () => {
  const { errors, child } = start({ SIMULATOR_PORT: 'many', SIMULATOR_TTFT_MS: '-1', SIMULATOR_LOG_LEVEL: 'loud' })
  expect(await once(child, 'exit')).toEqual([1, null])
  for (const name of ['SIMULATOR_PORT', 'SIMULATOR_TTFT_MS', 'SIMULATOR_LOG_LEVEL']) expect(errors()).toContain(name)
})
