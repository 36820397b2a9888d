import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'

/** Where a line stands still: at a request that matches, before it is passed on, or before its reply is. */
export type Step = {
  /** What the same connection must have sent before. */
  after?: RegExp
  sent: RegExp
  hold: 'request' | 'reply'
}

/** `refuse`: connections are reset. `mute`: they are accepted, and nothing comes back. */
export type TapMode = 'open' | 'refuse' | 'mute'

/** A TCP line to a store that counts what is asked over it, can be shut, and can stand still in the middle of a step. */
export type Tap = {
  /** The address of the store, by way of the tap. */
  url: string
  /** Connections that were asked for, and pieces that clients sent, since it was opened. */
  counts: () => { connections: number; requests: number }
  set: (mode: TapMode) => void
  /** Resolves when a connection stands still there; nothing goes over that connection any more until `letGo`. */
  standStillAt: (step: Step) => Promise<void>
  letGo: () => void
  close: () => Promise<void>
}

type Line = {
  near: Socket
  far: Socket
  /** The end of what was sent: a statement may be cut anywhere. */
  tail: string
  /** It has sent what must come before. */
  past: boolean
  still: boolean
  kept: (() => void)[]
}

export async function openTap(store: string): Promise<Tap> {
  const url = new URL(store)
  const port = Number(url.port)
  const lines = new Set<Line>()
  let mode: TapMode = 'open'
  let connections = 0
  let requests = 0
  let waiting: { step: Step; reached: () => void } | undefined

  const server = createServer((near) => {
    connections += 1
    near.on('error', () => {})
    if (mode === 'refuse') return void near.resetAndDestroy()
    const far = createConnection({ host: '127.0.0.1', port })
    far.on('error', () => {})
    const line: Line = { near, far, tail: '', past: false, still: false, kept: [] }
    lines.add(line)
    const end = () => {
      lines.delete(line)
      near.destroy()
      far.destroy()
    }
    near.on('close', end)
    far.on('close', end)
    far.on('data', (bytes) => {
      if (mode !== 'mute') pass(line, () => near.write(bytes))
    })
    near.on('data', (bytes) => {
      requests += 1
      if (mode === 'mute') return
      const { step, reached } = waiting ?? {}
      const here = step && !line.still && isThere(line, step, bytes.toString('latin1'))
      if (here) waiting = undefined
      if (here && step.hold === 'request') line.still = true
      pass(line, () => far.write(bytes))
      if (here) line.still = true
      if (here) reached?.()
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  url.port = String((server.address() as AddressInfo).port)

  return {
    url: url.href,
    counts: () => ({ connections, requests }),
    set(now) {
      mode = now
      // What was lost within a connection ends with it; and a store that is gone takes its connections along.
      for (const { near, far } of lines) {
        near.resetAndDestroy()
        far.destroy()
      }
    },
    standStillAt(step) {
      for (const line of lines) Object.assign(line, { tail: '', past: false })
      return new Promise<void>((reached) => {
        waiting = { step, reached }
      })
    },
    letGo() {
      for (const line of lines) {
        line.still = false
        for (const write of line.kept.splice(0)) write()
      }
    },
    async close() {
      for (const { near, far } of lines) {
        near.destroy()
        far.destroy()
      }
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}

function pass(line: Line, write: () => void): void {
  if (line.still) line.kept.push(write)
  else write()
}

function isThere(line: Line, { after, sent }: Step, more: string): boolean {
  const text = line.tail + more
  line.tail = text.slice(-100)
  line.past ||= after === undefined || after.test(text)
  return line.past && sent.test(text)
}
