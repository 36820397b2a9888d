import { spawnSync } from 'node:child_process'
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The clock of a store's server, which may be put forward and back while it runs. */
export type MovableClock = {
  /** For the server's environment. */
  readonly env: Readonly<Record<string, string>>
  /** How far it is ahead of this process's clock, in milliseconds. */
  readonly aheadMs: number
  set(aheadMs: number): void
  /** What time it is there. */
  now(): number
  /** When it was that time there, on this process's clock. Only for a clock that was never put back. */
  here(thereMs: number): number
}

/** Why no clock can be moved here; null when one can. */
export const cannotMoveClocks = (): string | null =>
  process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0
    ? null
    : 'the clock of a store is moved by a library that is built for Linux by a C compiler (cc)'

/** A clock that goes on as it is set at first until it is moved. Its files lie in `folder`, which the server's account has to reach. */
export function makeMovableClock(folder: string, name: string, aheadAtFirstMs = 0): MovableClock {
  const [library, file] = [join(folder, 'shifted-clock.so'), join(folder, `${name}.clock`)]
  const source = fileURLToPath(new URL('shifted-clock.c', import.meta.url))
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The library that moves clocks was not built: ${stderr}`)
  const bytes = Buffer.alloc(8)
  writeFileSync(file, bytes, { mode: 0o644 })
  const settings: { fromMs: number; aheadMs: number }[] = []
  const last = () => settings.at(-1) ?? { fromMs: 0, aheadMs: 0 }
  function set(aheadMs: number): void {
    settings.push({ fromMs: Date.now(), aheadMs })
    bytes.writeBigInt64LE(BigInt(Math.round(aheadMs)) * 1_000n)
    const written = openSync(file, 'r+')
    // In one piece, and in its place: the server has these eight bytes in its memory.
    writeSync(written, bytes, 0, bytes.length, 0)
    closeSync(written)
  }
  set(aheadAtFirstMs)
  return {
    env: { LD_PRELOAD: library, CLOCK_OFFSET_FILE: file },
    get aheadMs() {
      return last().aheadMs
    },
    set,
    now: () => Date.now() + last().aheadMs,
    here(thereMs) {
      const lived = settings.findLast(({ fromMs, aheadMs }) => thereMs - aheadMs >= fromMs) ?? last()
      return thereMs - lived.aheadMs
    },
  }
}
