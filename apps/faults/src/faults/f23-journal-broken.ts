import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '@tollkeeper/testbed/processes'
import type { ProxySeat } from '../plant/plant.ts'
import { cannotMakeDisks } from '../plant/small-disk.ts'
import type { Condition, Fault, Lab } from './fault.ts'
import { damageJournal, type Damage, type Noted } from './journal-damage.ts'
import { onlyRefusedFor } from './seen.ts'

/** What the journal had before each damage; asked for in the ledger after calm. */
const noted: Noted[] = []

export const journalBroken: Fault = {
  id: 'F23',
  title: 'the disk of a journal is full, read-only, fails to sync; the last record is torn, a bit is turned',
  load: 'L1',
  evidenceLost: true,
  wish: { smallDisk: 'journal' },
  cannotRun: cannotMakeDisks,
  async inflict(lab) {
    const { plant, load, forMs, healed, proxy } = lab
    const { disk } = plant
    if (!disk) throw new Error('The journal has no disk of its own')
    noted.length = 0
    const fromMs = Date.now()
    await sleep(0.1 * forMs)
    await disk.fill()
    const full = await unready(proxy(0), 'full')
    // Between two tries nothing is open for writing.
    await until(() => disk.readOnly(true), { within: 20_000, every: 5, what: 'the disk to become read-only' })
    await sleep(1_000)
    const readOnly = await unready(proxy(0), 'read-only')
    disk.readOnly(false)
    disk.free()
    await ready(proxy(0))
    const broken = await withFailingSync(proxy(0))
    await ready(proxy(0))
    const damaged = [await damage(lab, 'torn'), await damage(lab, 'bit')]
    healed()
    await sleep(0.1 * forMs)
    const refusals = ['budget_store_unavailable', 'overloaded', 'journal_unavailable', 'shutting_down']
    return [full, readOnly, broken, ...damaged, onlyRefusedFor(load.history, fromMs, refusals)]
  },
  async afterwards({ plant }) {
    const wrong: string[] = []
    for (const { attemptId, amount } of noted) {
      const rows = await plant.db.prisma.ledgerEntry.findMany({ where: { attemptId } })
      const charged = rows.reduce((sum, row) => sum + row.amountNano, 0n)
      if (rows.length === 0 || charged !== amount) wrong.push(`${attemptId}: ${charged}, noted ${amount}`)
    }
    return [
      {
        name: 'what was noted before a damage is charged as noted',
        holds: noted.length > 0 && wrong.length === 0,
        told: [`${noted.length} attempts, ${wrong.length} wrong`, ...wrong.slice(0, 3)].join('; '),
      },
    ]
  },
}

/** Whether the proxy says that it can write its journal. */
async function journalOf({ machine }: ProxySeat): Promise<string> {
  const answer = await fetch(`${machine.url}/readyz`)
  return ((await answer.json()) as { journal: string }).journal
}

async function unready(seat: ProxySeat, what: string): Promise<Condition> {
  const seen = await until(async () => (await journalOf(seat)) === 'unwritable', { within: 10_000 }).catch(() => false)
  return { name: `a disk that is ${what} makes it unready`, holds: seen, told: seen ? 'unwritable' : 'still ready' }
}

const ready = (seat: ProxySeat) =>
  until(async () => (await journalOf(seat)) === 'ok', { within: 20_000, what: `${seat.machine.name} to be ready` })

/** Every sync of the proxy fails with EIO for a while, by a tracer that is attached to it. */
async function withFailingSync(seat: ProxySeat): Promise<Condition> {
  const name = 'a disk that fails to sync makes it unready'
  if (spawnSync('strace', ['-V']).status !== 0) return { name, holds: true, told: 'not tried: there is no strace' }
  const inject = ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO']
  const tracer = spawn('strace', ['-f', '-qq', '-o', '/dev/null', ...inject, '-p', String(seat.machine.pid())])
  const ended = once(tracer, 'exit')
  try {
    const seen = await Promise.race([ended.then(() => null), unready(seat, 'broken')])
    return seen === null ? { name, holds: true, told: 'not tried: strace may not trace here' } : { ...seen, name }
  } finally {
    tracer.kill('SIGTERM')
    await ended
  }
}

/** Kills the proxy while only its journal has what ended last, harms the journal, and starts it again. */
async function damage({ proxy, chance, plant }: Lab, kind: Damage): Promise<Condition> {
  const { machine, redis } = proxy(0)
  const folder = plant.disk?.path ?? ''
  await sleep(1_500)
  redis.set({ door: 'refuse' })
  redis.reset()
  await sleep(1_500)
  await machine.kill9()
  noted.push(...damageJournal(folder, kind, chance))
  redis.calm()
  const before = machine.output().length
  await machine.start()
  const tells = () => /the end of a segment of the journal is damaged/.test(machine.output().slice(before))
  const told: boolean = await until(tells, { within: 10_000 }).catch(() => false)
  await ready(proxy(0))
  const what = kind === 'torn' ? 'a torn record' : 'a turned bit'
  return { name: `${what} ends the reading of the journal, and is told`, holds: told, told: told ? 'told' : 'not told' }
}
