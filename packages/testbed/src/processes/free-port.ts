import { createServer } from 'node:net'

/**
 * A TCP port on 127.0.0.1 that nobody listened on a moment ago.
 * Somebody else may take it before you do: retry on EADDRINUSE where that matters.
 */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  if (address === null || typeof address === 'string') throw new Error('No TCP port was given out.')
  return address.port
}

/** Whether something on this machine already listens on `port` of 127.0.0.1 (or of every address). */
export async function portIsTaken(port: number): Promise<boolean> {
  const server = createServer()
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => resolve(true))
  })
  if (!free) return true
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  return false
}
