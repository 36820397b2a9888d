import type { IncomingMessage } from 'node:http'
import { randomUUID } from 'node:crypto'
import type { Dialect } from '../call/dialect.ts'
import type { Fault } from '../fault.ts'
import type { BucketLeft, Left } from '../rate-limits.ts'
import { failureOf } from './failure.ts'

/** Anthropic's messages. */
export const anthropicMessages: Dialect = {
  name: 'anthropic-messages',
  keyOf,
  headerFault: versionFault,
  failureOf,
  headers: (requestId) => ({ 'request-id': requestId, 'anthropic-organization-id': organizationId }),
  limitHeaders,
  newId: () => `msg_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
}

const organizationId = '51d00000-0000-4000-8000-000000000001'

/** Versions of the API that Anthropic has published. */
const versions = new Set(['2023-01-01', '2023-06-01', '2026-10-21'])

function keyOf({ headers }: IncomingMessage): string | null {
  const own = headers['x-api-key']
  if (typeof own === 'string') return own.trim() || null
  return headers.authorization?.replace(/^bearer\s+/i, '').trim() || null
}

function versionFault({ headers }: IncomingMessage): Fault | undefined {
  const version = headers['anthropic-version']
  if (version === undefined) return { kind: 'invalid', message: 'header is required', param: 'anthropic-version' }
  if (versions.has(String(version))) return undefined
  return { kind: 'invalid', message: `"${String(version)}" is not a valid version`, param: 'anthropic-version' }
}

/** One bucket of tokens stands for all three that Anthropic tells. */
function limitHeaders({ requests, tokens }: Left): Record<string, string> {
  return {
    ...headersOf('requests', requests),
    ...headersOf('tokens', tokens),
    ...headersOf('input-tokens', tokens),
    ...headersOf('output-tokens', tokens),
  }
}

function headersOf(thing: string, { limit, remaining, resetMs }: BucketLeft): Record<string, string> {
  const reset = new Date(Math.ceil((Date.now() + resetMs) / 1_000) * 1_000)
  return {
    [`anthropic-ratelimit-${thing}-limit`]: String(limit),
    [`anthropic-ratelimit-${thing}-remaining`]: String(remaining),
    [`anthropic-ratelimit-${thing}-reset`]: reset.toISOString().replace('.000Z', 'Z'),
  }
}
