import { connect, type Socket } from 'node:net'

/** A connection on which a test writes bytes as it likes. */
export type Raw = {
  socket: Socket
  /** Everything that was received so far. */
  received: () => string
  /** Resolves with everything when the other side closes, or with what there is after `ms`. */
  untilClosed: (ms: number) => Promise<string>
}

export async function openRaw(url: string): Promise<Raw> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const pieces: Buffer[] = []
  socket.on('data', (piece: Buffer) => pieces.push(piece))
  socket.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  const received = () => Buffer.concat(pieces).toString('utf8')
  return {
    socket,
    received,
    untilClosed: (ms) =>
      new Promise((resolve) => {
        if (socket.closed) return resolve(received())
        const timer = setTimeout(() => resolve(received()), ms)
        socket.once('close', () => {
          clearTimeout(timer)
          resolve(received())
        })
      }),
  }
}

/** The bytes of a request for a chat, with what a client sends. */
export function chatBytes(url: string, secret: string, body: object): string {
  const text = JSON.stringify(body)
  return (
    `POST /v1/chat/completions HTTP/1.1\r\nhost: ${new URL(url).host}\r\nauthorization: Bearer ${secret}\r\n` +
    `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
  )
}
