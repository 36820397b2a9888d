// Plain JavaScript without dependencies: the toolchain uses it before anything is installed.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { say } from './progress.mjs'

const heartbeatMs = 2_000
const silentMs = 8 * heartbeatMs

/**
 * Does `work` while no other process on this machine does work under the same lock file.
 * The file holds the pid and is touched while the work goes on; a lock whose process is gone, or which
 * was not touched for 16 s (its pid then belongs to somebody else), is taken over.
 *
 * @template T
 * @param {string} file
 * @param {string} what completes "Waiting for another process which is …"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, what, work) {
  mkdirSync(dirname(file), { recursive: true })
  let told = false
  while (!take(file)) {
    const holder = holderOf(file)
    if (holder === undefined) continue
    if (!holder.alive) {
      takeAway(file, holder.text)
      continue
    }
    if (!told) say(`waiting for another process (${holder.text}) which is ${what} …`)
    told = true
    await sleep(200)
  }
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimesSync(file, now, now)
  }, heartbeatMs)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    rmSync(file, { force: true })
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** @param {string} file */
function holderOf(file) {
  try {
    const text = readFileSync(file, 'utf8')
    const silent = Date.now() - statSync(file).mtimeMs > silentMs
    return { text, alive: !silent && isAlive(Number(text)) }
  } catch {
    return undefined // just released
  }
}

/** @param {number} pid */
function isAlive(pid) {
  // Between creating and filling the file its holder is unknown, but alive.
  if (pid === 0) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Removes a dead process's lock, but not the one that a third process may have put in its place meanwhile.
 *
 * @param {string} file
 * @param {string} deadText
 */
function takeAway(file, deadText) {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
    if (readFileSync(aside, 'utf8') === deadText) rmSync(aside)
    else renameSync(aside, file)
  } catch {
    // Somebody else took it away.
  }
}
