import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Report } from '../src/bench.ts'
import type { DrainResult } from '../src/drain/measure-drain.ts'
import type { EngineResult } from '../src/engine/measure-engine.ts'
import type { PrepareResult } from '../src/prepare/measure-prepare.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const runBench = (...args: string[]) => promisify(execFile)(process.execPath, [main, ...args], { timeout: 50_000 })
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('compares the bare proxy with itself: every request is answered and the ratio is a positive number', async () => {
  const json = join(folder, 'result.json')
  const { stdout } = await runBench('--quick', '--only', 'saturation', '--candidate', 'bare', '--json', json)
  expect(stdout).toMatch(/^ {2}errors +0 +0$/m)
  const { results, names } = JSON.parse(readFileSync(json, 'utf8')) as Report
  const [throughput] = results[0]?.comparisons ?? []
  expect(names).toEqual({ baseline: 'bare', candidate: 'bare' })
  expect(results.map(({ workload, problem }) => [workload, problem])).toEqual([['saturation', null]])
  expect(throughput?.spread.median).toBeGreaterThan(0)
  expect(Number.isFinite(throughput?.spread.median)).toBe(true)
})

it('measures holds and settlements of six budgets on one Redis: a positive number of them per second', async () => {
  const json = join(folder, 'engine.json')
  const { stdout } = await runBench('--quick', '--only', 'engine', '--json', json)
  const { engine, results } = JSON.parse(readFileSync(json, 'utf8')) as Report & { engine: EngineResult }
  expect(stdout).toContain(`hold + settle  ${Math.round(engine.perSecond.median)}/s`)
  expect(engine.perSecond.min).toBeGreaterThan(0)
  expect(results).toEqual([])
})

it('measures a worker that drains 5,000 charges into Postgres: a positive number of them per second', async () => {
  const json = join(folder, 'drain.json')
  const { stdout } = await runBench('--quick', '--only', 'drain', '--json', json)
  const { drain } = JSON.parse(readFileSync(json, 'utf8')) as Report & { drain: DrainResult }
  expect(stdout).toContain(`charges recorded  ${Math.round(drain.perSecond.median)}/s`)
  expect(drain.perSecond.min).toBeGreaterThan(0)
})

it('measures the canonical form and hashes of 32 kB and 512 kB: a positive time for both', async () => {
  const json = join(folder, 'prepare.json')
  const { stdout } = await runBench('--quick', '--only', 'prepare', '--json', json)
  const { prepare } = JSON.parse(readFileSync(json, 'utf8')) as Report & { prepare: PrepareResult[] }
  expect(prepare.map(({ bytes, tools, times }) => [bytes, tools, times])).toEqual([
    [32_768, 20, 200],
    [524_288, 20, 200],
  ])
  for (const { p50Ms, p99Ms } of prepare) {
    expect(p50Ms).toBeGreaterThan(0)
    expect(stdout).toContain(`p99 ${p99Ms.toFixed(3)} ms`)
  }
})

it('says what it does not understand', async () => {
  await expect(runBench('--only', 'everything')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no workload "everything".'),
  })
  await expect(runBench('--quick', '--candidate', folder)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`There is no gateway in ${folder}.`),
  })
})
