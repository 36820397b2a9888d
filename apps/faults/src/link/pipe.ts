import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Chance } from '../chance.ts'
import type { Weather } from './weather.ts'

/** One direction of one connection. */
export type Pipe = {
  /** To be called when the weather changed: what is held may go on. */
  changed(): void
  /** Ends this direction towards its reader, as a half-closed connection. */
  halfClose(): void
  /** Bytes that went into it and never came out. */
  lost(): number
}

type Piece = { bytes: Buffer; dueMs: number }

/** Bytes that may wait inside a pipe before its writer is made to wait. */
const roomBytes = 1_048_576

/** Carries bytes from one socket to another through the weather. `cut` closes the whole connection. */
export function openPipe(from: Socket, to: Socket, weather: () => Weather, chance: Chance, cut: () => void): Pipe {
  const waiting: Piece[] = []
  let waitingBytes = 0
  let carried = 0
  let lost = 0
  let closed = false
  let running = false
  let wake = () => {}

  const untilChanged = () =>
    new Promise<void>((resolve) => {
      wake = resolve
    })

  async function deliver({ bytes, dueMs }: Piece): Promise<void> {
    const late = dueMs - performance.now()
    if (late > 0) await sleep(late)
    while (weather().hold && !to.destroyed) await untilChanged()
    const now = weather()
    if (now.lose) {
      lost += bytes.length
      return
    }
    const size = Math.max(1, now.sliceBytes ?? bytes.length)
    for (let at = 0; at < bytes.length && !to.destroyed; at += size) {
      const slice = bytes.subarray(at, at + size)
      const allowed = now.closeAfterBytes === null ? slice.length : now.closeAfterBytes - carried
      const sent = turned(slice.subarray(0, Math.max(0, allowed)), now.flipOneBitIn, chance)
      carried += sent.length
      if (now.bytesPerSecond !== null) await sleep((sent.length * 1_000) / now.bytesPerSecond)
      if (sent.length > 0) await written(to, sent)
      if (allowed <= slice.length && now.closeAfterBytes !== null) return cut()
    }
  }

  async function run(): Promise<void> {
    if (running) return
    running = true
    for (let piece = waiting.shift(); piece !== undefined && !to.destroyed; piece = waiting.shift()) {
      await deliver(piece)
      waitingBytes -= piece.bytes.length
      if (waitingBytes < roomBytes) from.resume()
    }
    running = false
    if (closed && waiting.length === 0 && !to.destroyed) to.end()
  }

  from.on('data', (bytes: Buffer) => {
    const { latencyMs, jitterMs } = weather()
    waiting.push({ bytes, dueMs: performance.now() + latencyMs + chance.next() * jitterMs })
    waitingBytes += bytes.length
    if (waitingBytes >= roomBytes) from.pause()
    void run()
  })
  from.on('end', () => {
    closed = true
    if (!running) void run()
  })
  to.once('close', () => wake())
  return {
    changed: () => wake(),
    halfClose: () => to.end(),
    lost: () => lost,
  }
}

/** Resolves when the socket takes more; never rejects, a broken socket closes the connection by itself. */
function written(to: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (to.destroyed || !to.writable || to.write(bytes)) return resolve()
    const go = () => {
      to.off('drain', go)
      to.off('close', go)
      resolve()
    }
    to.once('drain', go)
    to.once('close', go)
  })
}

/** The bytes with some bits turned: about one in `oneIn` bytes. */
function turned(bytes: Buffer, oneIn: number | null, chance: Chance): Buffer {
  if (oneIn === null) return bytes
  const copy = Buffer.from(bytes)
  for (let at = 0; at < copy.length; at += 1) {
    if (chance.next() * oneIn < 1) copy[at] = (copy[at] ?? 0) ^ (1 << chance.whole(0, 7))
  }
  return copy
}
