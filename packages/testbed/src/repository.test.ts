import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** What the house promises about its own structure; each rule names the files that break it. */
const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const sources = files.filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !file.includes('/generated/'))
const breaking = (among: readonly string[], pattern: RegExp): string[] =>
  among.filter((file) => !file.endsWith('repository.test.ts') && pattern.test(read(file)))

describe('the repository', () => {
  it('reads the environment only in env.ts files, and in the launcher that makes environments', () => {
    const allowed = /(^|\/)env\.ts$|^packages\/testbed\/|\.config\.(ts|mjs)$/
    // What Next replaces while it builds must stand literally in the file; and text that users put in their own programs.
    const exceptions = ['src/build-env.ts', 'src/instrumentation.ts', 'connect/snippets.ts']
    expect(
      breaking(
        sources.filter((file) => !allowed.test(file) && !exceptions.some((name) => file.endsWith(name))),
        /process\.env\b/,
      ),
    ).toEqual([])
  })

  it('has no folder that is named after nothing', () => {
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|lib|shared|misc)\//.test(file))).toEqual([])
  })

  it('has no test that is skipped, alone or still to be written', () => {
    expect(breaking(sources, /\b(it|test|describe)\.(skip|only|todo)\(/)).toEqual([])
  })

  it('keeps domain and wire free of stores, vendors and HTTP', () => {
    const pure = sources.filter((file) => /^packages\/(domain|wire)\/src\//.test(file))
    expect(pure.length).toBeGreaterThan(20)
    expect(breaking(pure, /from '(ioredis|@prisma\/|undici|fastify|bullmq|node:https?|pg)/)).toEqual([])
  })

  it('opens every Lua script with its contract and tests it', () => {
    const scripts = files.filter((file) => file.endsWith('.lua'))
    expect(scripts.length).toBeGreaterThan(3)
    expect(scripts.filter((file) => !/^--.*\n(--.*\n)*-- KEYS/.test(read(file)))).toEqual([])
    const tests = files.filter((file) => /^packages\/redis\/.*\.test\.ts$/.test(file))
    const tested = tests.map(read).join('\n')
    expect(
      scripts.filter((file) => {
        const name = file.slice(file.lastIndexOf('/') + 1, -'.lua'.length)
        return !tests.some((test) => test.endsWith(`/${name}.test.ts`)) && !tested.includes(name)
      }),
    ).toEqual([])
  })

  it('lists every job of the worker', () => {
    const list = read('apps/worker/src/jobs/index.ts')
    const jobs = files.filter(
      (file) => /^apps\/worker\/src\/jobs\/[a-z-]+\.ts$/.test(file) && !file.endsWith('/index.ts'),
    )
    expect(jobs.filter((file) => !list.includes(`./${file.slice(file.lastIndexOf('/') + 1)}`))).toEqual([])
  })

  it('explains every package and application in a README', () => {
    const folders = [...new Set(files.map((file) => /^((?:apps|packages)\/[^/]+)\//.exec(file)?.[1] ?? ''))].filter(
      Boolean,
    )
    expect(folders.filter((folder) => !files.includes(`${folder}/README.md`))).toEqual([])
  })

  it('mentions every failure code in the README of the proxy', () => {
    const catalogue = read('packages/domain/src/failure/catalogue.ts')
    const codes = [...catalogue.matchAll(/^ {2}([a-z_]+): entry/gm)].map((match) => match[1] ?? '')
    expect(codes.length).toBeGreaterThan(25)
    const readme = read('apps/proxy/README.md')
    expect(codes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([])
  })

  it('pins every dependency once, in the catalog', () => {
    const manifests = files.filter((file) => /^(apps|packages)\/[^/]+\/package\.json$|^package\.json$/.test(file))
    const loose = manifests.flatMap((file) => {
      const manifest = JSON.parse(read(file)) as Record<string, Record<string, string> | undefined>
      return Object.entries({ ...manifest['dependencies'], ...manifest['devDependencies'] })
        .filter(([, version]) => version !== 'catalog:' && version !== 'workspace:*')
        .map(([name]) => `${file}: ${name}`)
    })
    expect(loose).toEqual([])
  })

  it('stays above the versions with known holes', () => {
    const lock = read('pnpm-workspace.yaml')
    const version = (name: string): number[] =>
      (new RegExp(`^  '?${name}'?: (\\d+)\\.(\\d+)\\.(\\d+)`, 'm').exec(lock)?.slice(1) ?? []).map(Number)
    const floors: Record<string, readonly number[]> = {
      next: [16, 2, 6],
      react: [19, 2, 6],
      'next-auth': [4, 24, 12],
      undici: [8, 0, 0],
      superjson: [2, 2, 6],
      fastify: [5, 12, 0],
      prisma: [7, 10, 0],
      bullmq: [6, 7, 0],
      ioredis: [6, 0, 0],
    }
    const below = Object.entries(floors).filter(([name, floor]) => {
      const have = version(name)
      const first = have.findIndex((part, i) => part !== floor[i])
      return have.length !== 3 || (first >= 0 && (have[first] ?? 0) < (floor[first] ?? 0))
    })
    expect(below).toEqual([])
  })
})
