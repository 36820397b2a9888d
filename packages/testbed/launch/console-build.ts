import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from './env.ts'
import { withLock } from './lock.mjs'
import { step } from './progress.mjs'
import { runToEnd } from './run-to-end.ts'

const app = join(root, 'apps/console')
const builds = join(root, '.toolchain/console')
const keptBuilds = 3

/**
 * The server file of a production build of the console as its sources are now, built if there is none.
 *
 * Every build lies in a folder named after the hash of its sources and is never changed: `npm test` may
 * build and run a newer one beside a running `npm start`.
 */
export async function consoleBuild(signal?: AbortSignal): Promise<string> {
  const folder = join(builds, hashOfSources())
  const server = join(folder, 'apps/console/server.js')
  if (!existsSync(server)) {
    await withLock(join(builds, 'lock'), 'building the console', async () => {
      if (!existsSync(server)) await step('building the console', () => build(folder, signal))
    })
  }
  const now = new Date()
  utimesSync(folder, now, now)
  return server
}

async function build(folder: string, signal?: AbortSignal): Promise<void> {
  const log = join(builds, 'build.log')
  rmSync(log, { force: true })
  // What an earlier check remembers of files that changed under it makes this one see types that are gone.
  rmSync(join(app, 'tsconfig.tsbuildinfo'), { force: true })
  await runToEnd({
    name: 'build of the console',
    command: 'pnpm',
    args: ['--filter', '@tollkeeper/console', 'run', 'build'],
    env: { NODE_ENV: 'production' },
    log,
    ...(signal && { signal }),
  })
  // Next leaves the files that a content network could serve for its user to put in place.
  const unfinished = join(builds, 'unfinished')
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  cpSync(join(app, '.next/standalone'), unfinished, { recursive: true, verbatimSymlinks: true })
  for (const part of ['.next/static', 'public']) {
    const from = join(app, part)
    if (existsSync(from)) cpSync(from, join(unfinished, 'apps/console', part), { recursive: true })
  }
  renameSync(unfinished, folder)
  forgetOldBuilds()
}

function forgetOldBuilds(): void {
  const folders = readdirSync(builds, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(builds, entry.name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  for (const old of folders.slice(keptBuilds)) rmSync(old, { recursive: true, force: true })
}

function hashOfSources(): string {
  const hash = createHash('sha256').update(process.version)
  const files = ['pnpm-lock.yaml', 'tsconfig.base.json', 'prisma/schema.prisma']
  for (const folder of workspaceFolders('apps/console')) {
    const exclude = (name: string) => ['node_modules', '.next', 'generated', 'test'].includes(name)
    const inside = globSync('**/*', { cwd: join(root, folder), exclude })
    files.push(
      ...inside
        .filter((file) => !/\.test\.tsx?$|\.md$|\.tsbuildinfo$|next-env\.d\.ts$/.test(file))
        .map((file) => join(folder, file)),
    )
  }
  for (const file of files.toSorted()) {
    const path = join(root, file)
    if (statSync(path).isFile()) hash.update(`\0${file}\0`).update(readFileSync(path))
  }
  return hash.digest('hex').slice(0, 20)
}

const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()).default({}) })

/** A workspace folder and those of all workspace packages that it is built from. */
function workspaceFolders(folder: string, found = new Set<string>()): Set<string> {
  if (found.has(folder)) return found
  found.add(folder)
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')))
  for (const [name, version] of Object.entries(manifest.dependencies)) {
    if (version.startsWith('workspace:')) workspaceFolders(name.replace('@tollkeeper/', 'packages/'), found)
  }
  return found
}
