import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { until } from '@tollkeeper/testbed/processes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chanceOf } from '../src/chance.ts'
import { openLink, type Link } from '../src/link/link.ts'
import { upAndDown } from '../src/link/schedule.ts'

let server: Server
let link: Link
let received: Buffer
let accepted: Socket[]

beforeEach(async () => {
  received = Buffer.alloc(0)
  accepted = []
  server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      socket.write(bytes)
    })
    socket.on('end', () => socket.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  link = await openLink(server.address() as AddressInfo, chanceOf(7))
})
afterEach(async () => {
  await link.close()
  server.close()
})

async function client(): Promise<Socket> {
  const socket = connect(link.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Resolves when a socket is closed, however that came about. */
const closing = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once('close', () => resolve())
    socket.resume()
  })

const text = Buffer.from('spend nothing twice '.repeat(2_000))

describe('a link in calm weather', () => {
  it('carries every byte in both directions and passes the end on', async () => {
    const socket = await client()
    socket.end(text)
    expect((await buffer(socket)).equals(text)).toBe(true)
    expect(received.equals(text)).toBe(true)
  })
})

describe('a link in bad weather', () => {
  it('that is slow, narrow and cuts everything into pieces of three bytes still changes nothing', async () => {
    link.set({ both: { latencyMs: 5, jitterMs: 5, sliceBytes: 3 }, down: { bytesPerSecond: 2_000_000 } })
    const socket = await client()
    socket.end(text.subarray(0, 900))
    expect((await buffer(socket)).equals(text.subarray(0, 900))).toBe(true)
  })

  it('closes a connection after exactly 1,000 bytes', async () => {
    link.set({ up: { closeAfterBytes: 1_000 } })
    const socket = await client()
    socket.write(text)
    await closing(socket)
    await until(() => received.length === 1_000, { within: 2_000 })
  })

  it('turns bits, the same ones for the same seed', async () => {
    link.set({ up: { flipOneBitIn: 50 } })
    const socket = await client()
    socket.end(text.subarray(0, 1_000))
    await buffer(socket)
    const turned = [...received].filter((byte, at) => byte !== text[at])
    expect(received).toHaveLength(1_000)
    expect(turned.length).toBeGreaterThan(0)
    const again = chanceOf(7)
    const same = chanceOf(7)
    expect([again.next(), again.whole(1, 6), again.pick(['a', 'b', 'c'])]).toEqual([
      same.next(),
      same.whole(1, 6),
      same.pick(['a', 'b', 'c']),
    ])
  })

  it('holds bytes back and delivers all of them when it is over', async () => {
    const socket = await client()
    link.set({ up: { hold: true } })
    socket.end(text)
    await until(() => link.open() === 1, { within: 2_000 })
    expect(received).toHaveLength(0)
    link.calm()
    expect((await buffer(socket)).equals(text)).toBe(true)
  })

  it('loses answers while requests pass, and resets whoever lost some when it is over', async () => {
    const socket = await client()
    link.set({ down: { lose: true } })
    const closed = closing(socket)
    socket.write('first')
    await until(() => received.length === 5, { within: 2_000 })
    await until(() => link.lostBytes() === 5, { within: 2_000 })
    link.calm()
    await closed
    expect(socket.bytesRead).toBe(0)
  })

  it('resets open connections and refuses new ones while it is down, and is up again afterwards', async () => {
    const socket = await client()
    const closed = closing(socket)
    const done = upAndDown(link, { downMs: 50, upMs: 0, times: 1 })
    await closed
    const refused = connect(link.port, '127.0.0.1')
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNRESET')
    await done
    const again = await client()
    again.end('hello')
    expect(String(await buffer(again))).toBe('hello')
  })

  it('accepts a connection and reads nothing from it while the door is stalled', async () => {
    link.set({ door: 'stall' })
    const socket = await client()
    socket.write('anybody there?')
    expect(link.open()).toBe(0)
    const closed = closing(socket)
    link.calm()
    await closed
    expect(received).toHaveLength(0)
  })

  it('ends one direction and leaves the other open', async () => {
    const socket = await client()
    socket.write('first')
    await until(() => received.length === 5, { within: 2_000 })
    const ended = once(socket, 'end')
    link.halfClose('down')
    socket.resume()
    await ended
    expect(accepted[0]?.readableEnded).toBe(false)
  })
})
