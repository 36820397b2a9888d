#!/usr/bin/env node
// What `npm start`, `stop`, `test`, `bench`, `faults`, `clients`, `mutation` and `verify` call. Needs nothing but Node 20 and npm: fetches
// Node 24 and pnpm into the git-ignored .toolchain if the machine's own are older, installs the packages,
// generates the database client and then hands over to launch/<command>.ts.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { withLock } from './lock.mjs'
import { Problem, runCommand, say, step } from './progress.mjs'

const nodeVersion = '24.21.0'
const pnpmVersion = '12.21.0'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const toolchain = join(root, '.toolchain')
const ownBin = join(toolchain, 'node_modules', '.bin')
const stampFile = join(root, 'node_modules', '.tollkeeper-install.json')

const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
const commands = ['start', 'stop', 'test', 'bench', 'faults', 'clients', 'mutation', 'verify']

/** @param {string} version */
const major = (version) => Number(version.replace(/^v/, '').split('.')[0])

/** @param {string} command @param {string[]} args */
function outputOf(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', cwd: root })
  return status === 0 ? stdout.trim() : ''
}

/** The programs to use, as far as they are there. */
function findTools() {
  const own = {
    node: outputOf(join(ownBin, 'node'), ['--version']) === `v${nodeVersion}`,
    pnpm: outputOf(join(ownBin, 'pnpm'), ['--version']) === pnpmVersion,
  }
  const system = {
    node: major(process.version) >= major(nodeVersion),
    pnpm: !own.pnpm && major(outputOf('pnpm', ['--version'])) === major(pnpmVersion),
  }
  return {
    node: system.node ? process.execPath : own.node ? join(ownBin, 'node') : undefined,
    pnpm: own.pnpm ? join(ownBin, 'pnpm') : system.pnpm ? 'pnpm' : undefined,
    system,
  }
}

/** @param {{ node: boolean, pnpm: boolean }} system which of the two the machine has itself */
async function fetchTools(system) {
  // The package "node" would fetch this one with an install script, and many machines forbid scripts.
  const target = `${process.platform}-${process.arch}`
  const node = target === 'darwin-arm64' ? `node-bin-${target}` : `node-${target}`
  const wanted = [...(system.node ? [] : [`${node}@${nodeVersion}`]), ...(system.pnpm ? [] : [`pnpm@${pnpmVersion}`])]
  // Whatever lies there does not run: the rest of an install that was interrupted, or of older versions.
  rmSync(join(toolchain, 'node_modules'), { recursive: true, force: true })
  rmSync(join(toolchain, 'package-lock.json'), { force: true })
  writeFileSync(join(toolchain, 'package.json'), '{"private":true}\n')
  const flags = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error']
  const npm = process.env['npm_execpath']
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []]
  await step(`fetching ${wanted.join(' and ')}`, () =>
    run(command, [...first, 'install', '--prefix', toolchain, ...flags, ...wanted], {}),
  )
  const linkPnpm = join(toolchain, 'node_modules', 'pnpm', 'install.js')
  if (existsSync(linkPnpm)) await run(process.execPath, [linkPnpm], {})
}

/** Everything on which the installed packages depend, as one hash. */
function hashOfManifests() {
  const manifests = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']
  for (const group of ['apps', 'packages']) {
    for (const name of readdirSync(join(root, group)).sort()) {
      manifests.push(join(group, name, 'package.json'))
    }
  }
  return hashOf(manifests)
}

function hashOfSchema() {
  return hashOf(['prisma/schema.prisma', 'packages/db/package.json', 'pnpm-lock.yaml'])
}

/** @param {string[]} files */
function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    const path = join(root, file)
    hash.update(`${file}\0`).update(existsSync(path) ? readFileSync(path) : '')
  }
  return hash.digest('hex')
}

/** What was installed and generated when; empty after node_modules was removed. */
function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return {}
  }
}

/** @param {Record<string, string>} stamp */
function writeStamp(stamp) {
  writeFileSync(stampFile, JSON.stringify({ ...readStamp(), ...stamp }))
}

const packagesAreCurrent = () => readStamp().packages === hashOfManifests()
const clientIsCurrent = () =>
  readStamp().client === hashOfSchema() && existsSync(join(root, 'packages/db/src/generated/client.ts'))

async function makeReady() {
  mayWriteTo(root)
  let tools = findTools()
  if (!tools.node || !tools.pnpm) {
    await fetchTools(tools.system)
    tools = findTools()
  }
  const { node, pnpm } = tools
  if (!node || !pnpm) throw new Problem(`Node ${nodeVersion} and pnpm ${pnpmVersion} do not run on this machine.`)
  const env = environment(node)
  if (!packagesAreCurrent()) {
    const install = ['install', '--frozen-lockfile', '--config.confirmModulesPurge=false']
    await step('installing packages', () => run(pnpm, install, env))
    writeStamp({ packages: hashOfManifests() })
  }
  if (!clientIsCurrent()) {
    await step('generating the database client', () =>
      run(pnpm, ['--filter', '@tollkeeper/db', 'run', 'generate'], env),
    )
    writeStamp({ client: hashOfSchema() })
  }
}

/** @param {string} folder */
function mayWriteTo(folder) {
  try {
    accessSync(folder, constants.W_OK)
    mkdirSync(toolchain, { recursive: true })
    accessSync(toolchain, constants.W_OK)
  } catch (cause) {
    throw new Problem(
      `The folder ${folder} cannot be written to: Tollkeeper keeps its tools, packages and data there.`,
      { cause },
    )
  }
}

/**
 * The environment for everything that follows: our Node and the workspace's programs come first.
 *
 * @param {string} node
 */
function environment(node) {
  const path = [dirname(node), ownBin, join(root, 'node_modules/.bin'), process.env['PATH'] ?? '']
  return { PATH: path.join(delimiter), TURBO_TELEMETRY_DISABLED: '1', NEXT_TELEMETRY_DISABLED: '1' }
}

/**
 * Runs a command with its output in `.toolchain/install.log`.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @returns {Promise<void>}
 */
function run(command, args, env) {
  const logFile = join(toolchain, 'install.log')
  const log = openSync(logFile, 'w')
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const quit = () => {
    child.kill()
    process.exit(130)
  }
  for (const signal of signals) process.once(signal, quit)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      for (const signal of signals) process.off(signal, quit)
      if (code === 0) resolve()
      else reject(new Problem(reasonIn(readFileSync(logFile, 'utf8'), logFile)))
    })
  })
}

/**
 * One sentence for the ways in which an installation is known to fail.
 *
 * @param {string} output
 * @param {string} logFile
 */
function reasonIn(output, logFile) {
  const details = `Details are in ${logFile}.`
  if (/EROFS|EACCES|EPERM|Permission denied|Read-only/i.test(output)) {
    return `A file or folder below ${root} cannot be written to. ${details}`
  }
  if (/ENOSPC|No space left/i.test(output)) return `The disk is full. ${details}`
  if (/OUTDATED_LOCKFILE/.test(output)) {
    return `pnpm-lock.yaml does not match the package.json files: run \`pnpm install\`. ${details}`
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network|sending request/i.test(output)) {
    return `The npm registry did not answer: check the network and its proxy settings, then run the same command again. ${details}`
  }
  const [firstError] = output.split('\n').filter((line) => /err/i.test(line))
  return `The installation failed${firstError ? `: ${firstError.trim()}` : ''}. ${details}`
}

/**
 * Runs the command itself and gives its exit code. Signals are passed on, and this process stays until
 * the command has stopped what it started.
 *
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function handOver(command, args) {
  const node = findTools().node ?? process.execPath
  const script = join(root, 'packages/testbed/launch', `${command}.ts`)
  const child = spawn(node, [script, ...args], {
    cwd: root,
    env: { ...process.env, ...environment(node) },
    stdio: 'inherit',
  })
  for (const signal of signals) {
    process.on(signal, () => child.kill(signal))
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)))
  })
}

async function main() {
  const [command = '', ...args] = process.argv.slice(2)
  if (!commands.includes(command)) throw new Problem(`Say one of: ${commands.join(', ')}.`)
  if (process.platform === 'win32') throw new Problem('On Windows, Tollkeeper runs inside WSL.')
  if (major(process.version) < 20) {
    throw new Problem(
      `Tollkeeper needs Node 20 or newer to begin with and this is ${process.version}: install one from nodejs.org.`,
    )
  }
  const { node, pnpm } = findTools()
  if (command === 'stop' && !existsSync(stampFile)) {
    say('nothing is running: Tollkeeper was not installed here yet')
    return 0
  }
  const ready = node && pnpm && packagesAreCurrent() && clientIsCurrent()
  // To stop something nothing need be up to date.
  const enough = command === 'stop' ? node : ready
  if (!enough) {
    mayWriteTo(root)
    await withLock(join(toolchain, 'lock'), 'installing Tollkeeper', makeReady)
  }
  return handOver(command, args[0] === '--' ? args.slice(1) : args)
}

await runCommand(main)
