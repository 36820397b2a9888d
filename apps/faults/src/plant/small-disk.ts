import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk of its own for one store, small enough to be filled. */
export type SmallDisk = {
  readonly path: string
  /** Leaves no room on it. */
  fill(): Promise<void>
  /** Takes what filled it away. */
  free(): void
  /** Every write fails from now on, or does no longer. Fails itself while a file is open for writing. */
  readOnly(on: boolean): boolean
  stop(): Promise<void>
}

const mount = (args: readonly string[]): string | null => {
  const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' })
  return status === 0 ? null : ((stderr?.trim() || error?.message) ?? 'mount failed')
}

let reason: string | null | undefined

/** Why no small disk can be made here; null when one can. */
export function cannotMakeDisks(): string | null {
  if (reason !== undefined) return reason
  const folder = mkdtempSync(join(tmpdir(), 'faults-disk-'))
  const failed = mount(['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
  if (failed === null) spawnSync('umount', [folder])
  rmdirSync(folder)
  reason = failed === null ? null : `a small disk needs the rights to mount one (root): ${failed}`
  return reason
}

/** Mounts a disk of so many MiB at `path`. It goes with `stop`, or with this process. */
export function mountSmallDisk(path: string, mebibytes: number): SmallDisk {
  mkdirSync(path, { recursive: true })
  const failed = mount(['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0711`, 'tmpfs', path])
  if (failed !== null) throw new Error(`No small disk: ${failed}`)
  const unmount = () => void spawnSync('umount', ['--lazy', path])
  process.once('exit', unmount)
  chmodSync(path, 0o711)
  const filler = join(path, 'filler')
  return {
    path,
    async fill() {
      // By another process: this one carries every byte between the others.
      await once(spawn('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1M'], { stdio: 'ignore' }), 'exit')
      const descriptor = openSync(filler, 'a')
      for (const size of [4_096, 1]) while (takes(descriptor, size));
      closeSync(descriptor)
    },
    free: () => rmSync(filler, { force: true }),
    readOnly: (on) => mount(['-o', `remount,${on ? 'ro' : 'rw'}`, path]) === null,
    stop() {
      process.off('exit', unmount)
      unmount()
      return Promise.resolve()
    },
  }
}

function takes(descriptor: number, size: number): boolean {
  try {
    return writeSync(descriptor, Buffer.alloc(size)) === size
  } catch {
    return false
  }
}
