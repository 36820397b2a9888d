import { spawnSync, type SpawnSyncOptions } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { root } from './env.ts'
import { Problem, runCommand, step } from './progress.mjs'

/** Weigh 600 MB together and are run rarely: they are fetched here, not with the packages. */
const agents = { '@anthropic-ai/claude-code': '2.1.197', '@openai/codex': '0.171.0' }

const folder = join(root, '.toolchain/clients')

/** Lets the real Claude Code and Codex answer a prompt and use a tool, through the gateway and the simulator. */
async function main(): Promise<number> {
  mkdirSync(folder, { recursive: true })
  const wanted = Object.entries(agents).filter(([name, version]) => installed(name) !== version)
  const names = wanted.map(([name, version]) => `${name}@${version}`)
  if (names.length > 0) await step(`fetching ${names.join(' and ')}`, async () => fetchAgents(names))
  const script = join(root, 'apps/proxy/test/clients/agents/main.ts')
  const bin = join(folder, 'node_modules/.bin')
  return spawnSync(process.execPath, [script, bin], { cwd: root, stdio: 'inherit' }).status ?? 130
}

function installed(name: string): string | undefined {
  const manifest = join(folder, 'node_modules', name, 'package.json')
  if (!existsSync(manifest)) return undefined
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version?: string }
  return version
}

function fetchAgents(names: readonly string[]): void {
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n')
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
  const options: SpawnSyncOptions = { cwd: folder, encoding: 'utf8' }
  const { status, stderr } = spawnSync('npm', ['install', ...flags, ...names], options)
  if (status !== 0) throw new Problem(`The clients could not be fetched: ${String(stderr).trim()}`)
}

await runCommand(main)
