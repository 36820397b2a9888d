import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * What a line does with bytes: passes them on, late; loses those of one direction or both, without a word; or is cut, so
 * that connections break and new ones are reset.
 */
export type Weather =
  | { kind: 'calm' }
  | { kind: 'slow'; ms: number }
  | { kind: 'lost'; requests: boolean; replies: boolean }
  | { kind: 'cut' }

/** A TCP line to a server that can be made bad. */
export async function openLink(port: number) {
  let weather: Weather = { kind: 'calm' }
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    if (weather.kind === 'cut') return void near.resetAndDestroy()
    const far = createConnection({ host: '127.0.0.1', port })
    for (const [from, to, way] of [
      [near, far, 'requests'],
      [far, near, 'replies'],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.on('data', (bytes) => {
        if (weather.kind === 'lost' && weather[way]) return
        if (weather.kind === 'slow' && way === 'replies') setTimeout(() => to.writable && to.write(bytes), weather.ms)
        else to.write(bytes)
      })
    }
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const cutAll = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    set(now: Weather) {
      // Within a connection TCP loses nothing and mixes nothing up: what was late or lost ends with its connection.
      const broken = weather.kind !== 'calm' || now.kind === 'cut'
      weather = now
      if (broken) cutAll()
    },
    async close() {
      cutAll()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}
