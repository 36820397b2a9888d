import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { aBudget, aKey, aModel, aPolicy, aProvider, perMillion } from '@tollkeeper/testbed/builders'
import { startWorld, untilAttempts } from '../../world/world.ts'
import type { Agent, Done } from './agent.ts'
import { claudeCode } from './claude-code.ts'
import { codex } from './codex.ts'

const [bin = ''] = process.argv.slice(2)
const longestMs = 120_000

const world = await startWorld()
let failed = 0
let passed = 0

/** An organisation that has what the agent needs, and a home folder in which nobody was before. */
async function run(agent: Agent, prompt: string): Promise<Done> {
  const anthropic = aProvider(world.simulator.url, { kind: 'anthropic' })
  const openai = aProvider(world.simulator.url, { kind: 'openai' })
  const policy = aPolicy(world.simulator.url, {
    providers: [anthropic, openai],
    models: [
      aModel(anthropic, 'claude-sonnet-4-6', {
        price: perMillion('3', '15', '0.3'),
        encoding: 'bytes',
        contextWindow: 1_000_000,
        maxOutputTokens: 64_000,
      }),
      aModel(openai, 'gpt-5.5', {
        price: perMillion('5', '30', '0.5'),
        contextWindow: 400_000,
        maxOutputTokens: 128_000,
      }),
    ],
  })
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '1000'))
  const key = aKey(policy)
  await world.publish(policy, key)
  // Codex takes no folder below that of temporary files for its home.
  const home = join(homedir(), `.tollkeeper-agent-${policy.orgId}`)
  mkdirSync(home)
  try {
    const env = agent.prepare({ url: world.url, key: key.secret, home })
    const PATH = [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter)
    const lines = await linesOf(join(bin, agent.program), agent.args(prompt), {
      cwd: home,
      env: { HOME: home, PATH, ...env },
    })
    const done = agent.read(lines)
    const { attempts } = await untilAttempts(world, policy, done.usedTool ? 2 : 1)
    if (attempts.some(({ amount }) => amount === 0n)) throw new Error('An attempt cost nothing')
    return done
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function linesOf(
  program: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string> },
): Promise<Record<string, unknown>[]> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: longestMs })
  return new Promise((resolve, reject) => {
    let text = ''
    let errors = ''
    child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()))
    child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`It ended with ${code}: ${errors.slice(-2_000)} ${text.slice(-2_000)}`))
      resolve(
        text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : [])),
      )
    })
  })
}

async function check(what: string, agent: Agent, prompt: string, isRight: (done: Done) => boolean): Promise<void> {
  const began = performance.now()
  const problem = await run(agent, prompt).then(
    (what) => (isRight(what) ? undefined : `it said ${JSON.stringify(what)}`),
    (error: unknown) => String(error),
  )
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  process.stdout.write(`  ${problem === undefined ? 'ok    ' : 'FAILED'}  ${agent.name} ${what}  ${seconds} s\n`)
  if (problem !== undefined) process.stdout.write(`          ${problem}\n`)
  if (problem === undefined) passed += 1
  else failed += 1
}

for (const agent of [claudeCode, codex]) {
  await check('answers a prompt', agent, 'Say it [[sim:say=Hello from the gateway]]', ({ text }) =>
    text.includes('Hello from the gateway'),
  )
  await check('uses a tool', agent, 'Use it [[sim:tool]]', ({ text, usedTool }) => usedTool && text !== '')
}
await world.stop()
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
