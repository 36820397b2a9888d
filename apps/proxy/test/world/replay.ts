import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

/** One call as the provider took it. `id` is the gateway's name of the attempt. */
export type ReplayedCall = { id: string; at: number }

/** A provider that streams a recording up to some byte, and then does what the test says. */
export type Replay = {
  url: string
  /** Attempts by their ids, with the byte at which each was to stop. */
  calls: ReplayedCall[]
  stop: () => Promise<void>
}

/** What happens at the byte: the connection breaks, or the rest follows when the test lets it. */
export type AtTheByte = 'break' | ((at: number) => Promise<void>)

const asked = z.object({ user: z.string().regex(/^\d+$/).transform(Number) })

/** Serves `recording` to everybody who asks for a stream; the field `user` says at which byte to stop. */
export async function startReplay(recording: Buffer, atTheByte: AtTheByte): Promise<Replay> {
  const calls: ReplayedCall[] = []
  const server = createServer((request, response) => void answer(request, response))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const { user: at } = asked.parse(JSON.parse(Buffer.concat(pieces).toString('utf8')))
    calls.push({ id: String(request.headers['x-request-id']), at })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    await new Promise<void>((resolve) => response.write(recording.subarray(0, at), () => resolve()))
    if (atTheByte === 'break') return void response.destroy()
    await atTheByte(at)
    response.end(recording.subarray(at))
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
