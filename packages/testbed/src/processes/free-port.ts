import { connect, createServer, type AddressInfo } from 'node:net'

/**
 * A TCP port on 127.0.0.1 that nobody listened on a moment ago.
 * Somebody else may take it before you do: retry where that matters.
 */
export async function freePort(): Promise<number> {
  const port = await listenOnce(0)
  if (port === undefined) throw new Error('No TCP port was given out.')
  return port
}

/** Whether a program listens on `port` of this machine, on IPv4 or IPv6. */
export async function portIsTaken(port: number): Promise<boolean> {
  if ((await listenOnce(port)) === undefined) return true
  // Listening on 127.0.0.1 may succeed beside a program that listens on ::1 or on every address.
  return (await accepts(port, '127.0.0.1')) || (await accepts(port, '::1'))
}

async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer()
  const given = await new Promise<number | undefined>((resolve) => {
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
  if (given !== undefined) {
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
  }
  return given
}

function accepts(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 })
    const answer = (accepted: boolean) => {
      socket.destroy()
      resolve(accepted)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
    socket.once('timeout', () => answer(false))
  })
}
