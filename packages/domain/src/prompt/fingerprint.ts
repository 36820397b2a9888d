import { createHash, hash } from 'node:crypto'
import type { ChatRequest } from '../chat/index.ts'
import type { Write } from './canonical-json.ts'
import { writeCanonicalPrefix, writeCanonicalPrompt } from './canonical-prompt.ts'
import type { PromptTenant } from './tenant.ts'

/** Raised whenever the same request gets another hash: what was kept under the old one is not found any more. */
const version = 1

/** Pieces are hashed together until they are this long: each call costs as much as a thousand characters. */
const gathered = 8_192

type Hashed = Pick<ChatRequest, 'dialect' | 'model' | 'body'>

/**
 * SHA-256, as base64url, of a tenant and of everything that an answer depends on. Two requests of one tenant with the
 * same hash ask the same; those of two tenants never have the same hash (security.md T-CACHE).
 */
export const fullHash = (tenant: PromptTenant, chat: Hashed): string =>
  digest('full', tenant, chat, writeCanonicalPrompt)

/** The same of the part that stays while a conversation goes on. */
export const prefixHash = (tenant: PromptTenant, chat: Hashed): string =>
  digest('prefix', tenant, chat, writeCanonicalPrefix)

function digest(
  kind: string,
  { text }: PromptTenant,
  chat: Hashed,
  writeCanonical: (chat: Hashed, write: Write) => void,
): string {
  // JSON without line breaks, one text per line: no tenant can be written so that it reads as another one and a prompt.
  let pending = `${kind}${version}\n${text}\n${chat.dialect}\n`
  let long: ReturnType<typeof createHash> | undefined
  writeCanonical(chat, (piece) => {
    pending += piece
    if (pending.length < gathered) return
    long ??= createHash('sha256')
    long.update(pending)
    pending = ''
  })
  return long ? long.update(pending).digest('base64url') : hash('sha256', pending, 'base64url')
}
