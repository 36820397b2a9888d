import type { IncomingMessage } from 'node:http'
import { fail } from '@tollkeeper/domain/failure'
import { publicIdOf } from '@tollkeeper/domain/key'
import type { SentKey } from '../pipeline/exchange.ts'

const ours = 'sk-gw-'

/**
 * The gateway key of a request, from `Authorization: Bearer` or else `x-api-key`; its checksum is right, which needs no
 * look-up. A credential of somebody else is never used, forwarded or logged; the answer only says where it was found.
 *
 * @throws Failure 401
 */
export function keyOf({ headers }: IncomingMessage): SentKey {
  const { authorization } = headers
  const apiKey = headers['x-api-key']
  const bearer =
    authorization !== undefined && /^bearer /i.test(authorization) ? authorization.slice(7).trim() : undefined
  for (const text of [bearer, apiKey]) {
    if (typeof text !== 'string' || !text.startsWith(ours)) continue
    const publicId = publicIdOf(text)
    if (publicId === undefined) throw fail('invalid_api_key', undefined)
    return { text, publicId }
  }
  if (authorization !== undefined) throw fail('foreign_key', { header: 'authorization' })
  if (apiKey !== undefined) throw fail('foreign_key', { header: 'x-api-key' })
  throw fail('no_key', undefined)
}
