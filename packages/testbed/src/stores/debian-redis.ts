import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

// The server's binary lies in redis-tools; the libraries are those that a bare system lacks.
const packages = ['redis-server', 'redis-tools', 'liblzf1', 'libjemalloc2']

/**
 * Downloads Debian's Redis and unpacks it into `folder` without installing anything: works without root,
 * with package lists of its own. Leaves no folder behind where that is impossible (another system, no
 * network, no such package).
 */
export function unpackDebianRedis(folder: string, say: (line: string) => void): void {
  if (spawnSync('apt-get', ['--version']).status !== 0) return
  say('downloading Redis (the Debian package, unpacked into .toolchain)')
  // Made aside and renamed when whole: another start may be doing the same now.
  const workshop = `${folder}.${process.pid}`
  try {
    const unpacked = downloadAndUnpack(workshop)
    if (unpacked && !existsSync(folder)) renameSync(unpacked, folder)
  } catch (error) {
    // The other start was faster.
    if (!existsSync(folder)) throw error
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}

function downloadAndUnpack(workshop: string): string | undefined {
  const lists = join(workshop, 'lists')
  const cache = join(workshop, 'cache')
  const root = join(workshop, 'root')
  for (const folder of [join(lists, 'partial'), join(cache, 'archives/partial'), root]) {
    mkdirSync(folder, { recursive: true })
  }
  const patience = ['Acquire::http::Timeout=15', 'Acquire::Retries=1']
  const options = [...patience, `Dir::State::Lists=${lists}`, `Dir::Cache=${cache}`, 'Debug::NoLocking=1']
  const apt = (...words: string[]) =>
    spawnSync('apt-get', [...options.flatMap((option) => ['-o', option]), '-qq', ...words], {
      cwd: workshop,
    }).status === 0
  if (!apt('update') || !apt('download', ...packages)) return undefined
  const archives = readdirSync(workshop).filter((name) => name.endsWith('.deb'))
  const unpack = (archive: string) => spawnSync('dpkg', ['-x', archive, root], { cwd: workshop }).status === 0
  return archives.every(unpack) ? root : undefined
}
