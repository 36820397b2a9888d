import type { IncomingMessage } from 'node:http'
import { fail, type Failure } from '@tollkeeper/domain/failure'

/** Larger bodies are refused (security.md T-DOS). */
export const maxBodyBytes = 10 * 1_048_576
/** Characters of a path with its query. */
export const longestTarget = 8_192

const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE'])

/** Headers that must not come twice: another hop may believe the other one. */
const onlyOnce = new Set([
  'host',
  'authorization',
  'x-api-key',
  'content-type',
  'content-length',
  'x-user-id',
  'x-team-id',
  'x-role',
  'x-llm-rolegroup',
  'idempotency-key',
])
const longestOnlyOnce = 15

const jsonType = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i

/**
 * Judges the frame of a request before anything is routed or read. Node itself refuses what is ambiguous about lengths;
 * two hosts, other forms of the target and bodies where none belong it lets pass (security.md T-SMUG).
 *
 * @throws Failure
 */
export function guard(request: IncomingMessage): void {
  const { method = '', url = '' } = request
  const repeated = repeatedHeader(request.rawHeaders)
  if (repeated !== undefined) throw invalidHttp(`the header "${repeated}" is there twice`)
  if (request.headers.host === undefined && request.httpVersion !== '1.0')
    throw invalidHttp('the header "host" is missing')
  if (!url.startsWith('/')) throw invalidHttp('the target must be a path')
  if (url.length > longestTarget) throw fail('invalid_http', { why: 'the target is too long' }, { status: 414 })
  const hasBody =
    Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined
  if (hasBody && bodiless.has(method)) throw invalidHttp(`a ${method} carries no body here`)
}

/** @throws Failure for a request that should carry JSON and says that it carries something else */
export function checkMedia({ headers }: IncomingMessage): void {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity')
    throw fail('unsupported_media_type', {
      why: 'Compressed bodies are not accepted. Send the body without "content-encoding".',
    })
  if (jsonType.test(headers['content-type'] ?? '')) return
  throw fail('unsupported_media_type', { why: 'The body must be JSON: send "content-type: application/json".' })
}

const invalidHttp = (why: string): Failure => fail('invalid_http', { why })

function repeatedHeader(rawHeaders: readonly string[]): string | undefined {
  let seen: string[] | undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const raw = rawHeaders[at] ?? ''
    if (raw.length > longestOnlyOnce || raw.length < 4) continue
    const name = raw.toLowerCase()
    if (!onlyOnce.has(name)) continue
    if (seen?.includes(name)) return name
    if (seen) seen.push(name)
    else seen = [name]
  }
  return undefined
}
