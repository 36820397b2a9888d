import type { IncomingMessage } from 'node:http'

const mostBytes = 32 * 1024 * 1024

/** The body as text, or why there is none. */
export type BodyRead = { kind: 'text'; text: string } | { kind: 'too-large' } | { kind: 'gone' }

/** Reads a body of at most 32 MiB. A larger one is read to its end and dropped. */
export function readBody(request: IncomingMessage): Promise<BodyRead> {
  return new Promise((resolve) => {
    if (request.destroyed) return resolve({ kind: 'gone' })
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= mostBytes) chunks.push(chunk)
      else chunks.length = 0
    })
    request.on('end', () => {
      if (size > mostBytes) resolve({ kind: 'too-large' })
      else resolve({ kind: 'text', text: (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8') })
    })
    request.on('close', () => resolve({ kind: 'gone' }))
  })
}
