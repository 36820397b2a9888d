import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeUsageReader } from '@tollkeeper/redis/usage-stream'
import { allShards } from '@tollkeeper/redis/shards'
import { until } from '@tollkeeper/testbed/processes'
import type { Chance } from './chance.ts'
import type { Evidence, Finding, LedgerRow, MemoryOfProcess } from './check/evidence.ts'
import { gate } from './check/gate.ts'
import { readCounters, readLedger, readOracle, readRollupDrift, sizeOf } from './check/gather.ts'
import { budgetLimits } from './check/limits.ts'
import { overspentNano } from './check/money.ts'
import { startWatch } from './check/watch.ts'
import type { Condition, Fault, Lab } from './faults/fault.ts'
import { startLoad, type Load } from './load/load.ts'
import { lighter, loadProfiles, type LoadProfile } from './load/profile.ts'
import { leaseMs, type Plant } from './plant/plant.ts'
import { callsUnderWay } from './plant/provider.ts'
import { makeTenants, type Tenant } from './plant/tenants.ts'

/** What one fault run showed. */
export type RunResult = {
  id: string
  title: string
  seed: number
  requests: number
  ok: number
  fail: number
  unknown: number
  findings: Finding[]
  conditions: readonly Condition[]
  overspent: bigint
  /** From the fault's end to the first decision of the last proxy that decided again. */
  recoveryS: number
  /** Why the run itself came to no end; null when it did. */
  problem: string | null
}

export type RunOptions = { seed: number; seconds: number; rate: number; light: boolean }

/** Runs one fault against the plant under load, waits for calm, and judges everything that was left behind. */
export async function runFault(plant: Plant, fault: Fault, chance: Chance, options: RunOptions): Promise<RunResult> {
  const usual: LoadProfile = loadProfiles[fault.load]
  const standard = options.light ? lighter(usual) : usual
  const profile = { ...standard, perSecond: standard.perSecond * options.rate }
  const record = join(plant.folder, 'oracle.jsonl')
  const from = sizeOf(record)
  const written = plant.machines().map((machine) => machine.output().length)
  const tenants = await makeTenants(plant.db, {
    ...profile,
    upstream: plant.upstream.through(plant.simulator.url),
    storeOutage: fault.storeOutage ?? 'closed',
    ...(fault.timeZones && { timeZones: fault.timeZones, organisations: fault.timeZones.length }),
  })
  await untilServed(plant, tenants)
  const limits = await budgetLimits(plant.db, tenants, () => nowIn(plant))
  const watch = startWatch(plant.store, limits)
  const load = startLoad(plant.proxies, tenants, profile, chance)
  const before = new Map<string, number>()
  let healedMs: number | null = null
  const seat = <T>(seats: readonly T[], at: number): T => {
    const found = seats[at]
    if (found === undefined) throw new Error(`There is no seat ${at}`)
    return found
  }
  const lab: Lab = {
    plant,
    tenants,
    load,
    limits,
    chance,
    forMs: options.seconds * 1_000,
    proxy: (at) => seat(plant.proxies, at),
    worker: (at) => seat(plant.workers, at),
    healed: () => (healedMs = Date.now()),
  }
  let conditions: readonly Condition[] = []
  let problem: string | null = null
  try {
    await sleep(Math.min(3_000, 0.2 * lab.forMs))
    for (const machine of plant.machines()) before.set(machine.name, machine.memory() ?? 0)
    conditions = await fault.inflict(lab)
    healedMs ??= Date.now()
    await sleep(Math.min(5_000, 0.25 * lab.forMs))
    await calm(plant, load, tenants, lab)
    conditions = [...conditions, ...((await fault.afterwards?.(lab)) ?? [])]
  } catch (error) {
    problem = error instanceof Error ? `${error.message}${causeOf(error)}` : String(error)
  }
  await watch.stop()
  const ledger = await ledgerOf(plant, tenants)
  const evidence: Evidence = {
    history: load.history,
    oracle: readOracle(record, from, tenants),
    ledger,
    counters: await readCounters(plant.db, plant.store, tenants, {
      limits,
      at: nowIn(plant),
      ...(plant.calendar && { past: ledger }),
    }),
    overshoots: watch.overshoots,
    samples: watch.samples(),
    credentials: new Map(tenants.map(({ credentialLast4, orgId }) => [credentialLast4, orgId])),
    rollupDrift: await readRollupDrift(plant.db, tenants),
    undrained: await undrained(plant),
    dead: await plant.db.prisma.usageDead.count(),
    logs: plant
      .machines()
      .map((machine, at) => ({ name: machine.name, text: machine.output().slice(written[at] ?? 0) })),
    memory: memoryOf(plant, before),
    leaseWindowMs: 2 * leaseMs + 4_000,
    evidenceLost: fault.evidenceLost ?? false,
  }
  const count = (outcome: string) => load.history.filter((call) => call.outcome === outcome).length
  return {
    id: fault.id,
    title: fault.title,
    seed: options.seed,
    conditions,
    problem,
    requests: load.history.length,
    ok: count('ok'),
    fail: count('fail'),
    unknown: count('unknown'),
    findings: gate(evidence),
    overspent: overspentNano(evidence),
    recoveryS: recoveryOf(load, plant.proxies.length, healedMs ?? Date.now()),
  }
}

const nowIn = ({ calendar }: Plant): number => calendar?.now() ?? Date.now()

/** The rows with the times that it was here, where the history of the requests was written. */
async function ledgerOf({ db, calendar }: Plant, tenants: readonly Tenant[]): Promise<LedgerRow[]> {
  const rows = await readLedger(db, tenants)
  if (!calendar) return rows
  return rows.map((row) => ({ ...row, atMs: calendar.here(row.atMs), recordedMs: calendar.here(row.recordedMs) }))
}

const causeOf = ({ cause }: Error): string => (cause instanceof Error ? ` (${cause.message})` : '')

/** Policies and keys reach the proxies through the worker: every key is answered by every proxy. */
async function untilServed(plant: Plant, tenants: readonly Tenant[]): Promise<void> {
  for (const { machine } of plant.proxies) {
    for (const { secret } of tenants.flatMap(({ keys }) => keys)) {
      await until(
        async () => {
          const answer = await fetch(`${machine.url}/v1/key`, { headers: { authorization: `Bearer ${secret}` } })
          await answer.body?.cancel()
          return answer.status === 200
        },
        { within: 30_000, what: `${machine.name} to know the keys` },
      )
    }
  }
}

const undrained = async ({ store }: Plant): Promise<number> =>
  (await makeUsageReader(store, 'lab').lag(allShards())).entries

/**
 * Mends everything, lets the last requests end, and waits until every hold is closed and every event is in the ledger.
 * What proxies keep for themselves (slices) they give back when they are told to stop.
 */
async function calm(plant: Plant, load: Load, tenants: readonly Tenant[], { limits }: Lab): Promise<void> {
  for (const link of plant.links()) link.calm()
  for (const machine of plant.machines()) await machine.start()
  await load.stop()
  await limits.refresh()
  await until(async () => (await callsUnderWay(plant.simulator)) === 0, { within: 30_000, what: 'the provider to end' })
  await askOfEveryCounter(plant, tenants)
  await Promise.all(plant.proxies.map(({ machine }) => machine.terminate(30_000)))
  const quiet = async () => {
    if ((await undrained(plant)) > 0) return false
    const counters = await readCounters(plant.db, plant.store, tenants, { limits, at: nowIn(plant) })
    return counters.every(({ used, held, ledger }) => held === 0n && used === ledger)
  }
  // Longer than lease and sweep together. What is not quiet by then is told by the gate, not by this wait.
  await until(quiet, { within: 45_000, every: 250 }).catch(() => {})
  await Promise.all(plant.proxies.map(({ machine }) => machine.start()))
}

/**
 * A counter that a store lost is made again when somebody next asks it: until then what is charged to it is kept, but is
 * no counter. So every key asks once more, until it gets an answer about money.
 */
async function askOfEveryCounter({ proxies }: Plant, tenants: readonly Tenant[]): Promise<void> {
  const first = proxies.find(({ machine }) => !machine.down())
  const body = JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'Anything left? [[sim:tokens=1]]' }],
    max_tokens: 1,
  })
  for (const { secret } of tenants.flatMap(({ keys }) => keys)) {
    await until(
      async () => {
        const answer = await fetch(`${first?.machine.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
          body,
        })
        await answer.body?.cancel()
        return answer.status < 500
      },
      { within: 20_000, every: 100, what: 'an answer about money' },
    )
  }
}

function memoryOf(plant: Plant, before: ReadonlyMap<string, number>): MemoryOfProcess[] {
  return plant.machines().flatMap((machine) => {
    const [beforeMiB, afterMiB] = [before.get(machine.name), machine.memory()]
    return beforeMiB === undefined || beforeMiB === 0 || afterMiB === undefined
      ? []
      : [{ name: machine.name, beforeMiB, afterMiB }]
  })
}

function recoveryOf({ history }: Load, proxies: number, healedMs: number): number {
  const firsts = Array.from({ length: proxies }, (_, proxy) =>
    history
      .filter(
        (call) => call.proxy === proxy && call.sentMs >= healedMs && (call.status === 200 || call.refusal !== null),
      )
      .reduce((first, call) => Math.min(first, call.decidedMs ?? Infinity), Infinity),
  )
  const known = firsts.filter(Number.isFinite)
  return known.length === 0 ? 0 : Math.max(0, Math.max(...known) - healedMs) / 1_000
}
