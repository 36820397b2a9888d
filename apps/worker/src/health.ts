import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'

type Options = {
  host: string
  port: number
  registry: Registry
  /** Why the worker is not doing its work; empty when it is. */
  problems: () => readonly string[]
}

/** `/livez` answers while the event loop does, `/readyz` while usage is being drained, `/metrics` for Prometheus. */
export async function serveHealth({
  host,
  port,
  registry,
  problems,
}: Options): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0]
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (path === '/livez') json(200, { status: 'ok' })
    else if (path === '/readyz') {
      const found = problems()
      json(found.length === 0 ? 200 : 503, { status: found.length === 0 ? 'ok' : 'not ready', problems: found })
    } else if (path === '/metrics') {
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        () => json(500, { error: 'metrics are not available' }),
      )
    } else json(404, { error: 'not found' })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  return { server, url: `http://${host}:${address.port}` }
}
