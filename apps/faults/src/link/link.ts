import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Chance } from '../chance.ts'
import { openPipe, type Pipe } from './pipe.ts'
import { calmLink, changedLink, type LinkChange, type LinkState } from './weather.ts'

/** A TCP proxy on 127.0.0.1 between one client and one server that can be told to misbehave. */
export type Link = {
  readonly port: number
  /** The URL with this link's address in the place of the server's. */
  through(url: string): string
  set(change: LinkChange): void
  /** Everything as if the link were not there. Connections that lost bytes are reset. */
  calm(): void
  /** Resets every open connection (RST to both ends). */
  reset(): void
  /** Ends one direction of every open connection. */
  halfClose(direction: 'up' | 'down'): void
  /** Connections that are open now. */
  open(): number
  /** Bytes that open connections lost in it. */
  lostBytes(): number
  close(): Promise<void>
}

type Connection = { client: Socket; server: Socket; up: Pipe; down: Pipe; destroy: () => void }

/** Listens on a free port and carries everything to `target`, which need not be there yet. */
export async function openLink(target: { port: number }, chance: Chance): Promise<Link> {
  let state: LinkState = calmLink
  const connections = new Set<Connection>()
  const stalled = new Set<Socket>()
  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    client.on('error', () => {})
    if (state.door === 'refuse') return void client.resetAndDestroy()
    if (state.door === 'open') return carry(client)
    stalled.add(client)
    client.once('close', () => stalled.delete(client))
  })

  function carry(client: Socket): void {
    const server = connect({ port: target.port, host: '127.0.0.1', allowHalfOpen: true })
    client.setNoDelay(true)
    server.setNoDelay(true)
    const destroy = () => {
      connections.delete(connection)
      client.resetAndDestroy()
      server.resetAndDestroy()
    }
    const up = openPipe(client, server, () => state.up, chance, destroy)
    const down = openPipe(server, client, () => state.down, chance, destroy)
    const connection: Connection = { client, server, up, down, destroy }
    connections.add(connection)
    for (const socket of [client, server]) {
      socket.on('error', destroy)
      // One end is gone before both directions have ended: nothing is left to carry. A half that is still open stays.
      socket.once('close', () => {
        if (client.closed && server.closed) connections.delete(connection)
        else if (!client.readableEnded || !server.readableEnded) destroy()
      })
    }
    client.resume()
  }

  const set = (next: LinkState) => {
    const before = state
    state = next
    for (const connection of connections) {
      const healed = before.up.lose !== next.up.lose || before.down.lose !== next.down.lose
      if (healed && connection.up.lost() + connection.down.lost() > 0) connection.destroy()
      connection.up.changed()
      connection.down.changed()
    }
    if (next.door !== 'stall') for (const socket of stalled) socket.resetAndDestroy()
  }

  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(0, '127.0.0.1', resolve)
  })
  const { port } = listener.address() as AddressInfo
  return {
    port,
    through(text) {
      const url = new URL(text)
      url.hostname = '127.0.0.1'
      url.port = String(port)
      return url.href.replace(/\/$/, '')
    },
    set: (change) => set(changedLink(state, change)),
    calm: () => set(calmLink),
    reset() {
      for (const connection of connections) connection.destroy()
    },
    halfClose(direction) {
      for (const connection of connections) connection[direction].halfClose()
    },
    open: () => connections.size,
    lostBytes: () => [...connections].reduce((sum, { up, down }) => sum + up.lost() + down.lost(), 0),
    close() {
      for (const connection of connections) connection.destroy()
      for (const socket of stalled) socket.destroy()
      return new Promise((resolve) => {
        listener.close(() => resolve())
      })
    },
  }
}
