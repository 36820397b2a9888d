import { request, type Agent, type IncomingMessage } from 'node:http'
import { parseUsd } from '@tollkeeper/domain/price'
import { z } from 'zod'
import type { ClientCall, RefusalSeen } from './history.ts'

/** What is asked, and when the client goes away. */
export type Ask = Pick<ClientCall, 'at' | 'orgId' | 'keyId' | 'proxy' | 'stream'> & {
  url: string
  secret: string
  tokens: number
  tokensPerSecond: number
  leaveAfterMs: number | null
  agent: Agent
}

const amount = z.string().transform((text, context) => {
  const nano = parseUsd(text)
  if (nano === undefined) context.addIssue('not an amount')
  return nano ?? 0n
})

const failureShape = z.object({
  error: z.object({
    code: z.string().nullable(),
    gateway: z.looseObject({
      reason: z.string(),
      scope: z.object({ type: z.string(), id: z.string() }).optional(),
      limit_usd: amount.optional(),
      spent_usd: amount.optional(),
      held_usd: amount.optional(),
      estimate_usd: amount.optional(),
    }),
  }),
})

/** Longer than every time-out of the product: an answer that takes this long counts as none. */
const patienceMs = 30_000

/** Sends one request and tells what became of it. Never sends it again. */
export function call(ask: Ask): Promise<ClientCall> {
  const { at, orgId, keyId, proxy, stream } = ask
  const seen: ClientCall = {
    at,
    orgId,
    keyId,
    proxy,
    stream,
    sentMs: Date.now(),
    decidedMs: null,
    endMs: 0,
    status: null,
    outcome: 'unknown',
    reason: null,
    requestId: null,
    refusal: null,
    left: false,
  }
  const text = bodyOf(ask)
  return new Promise((resolve) => {
    let over = false
    const done = (change: Partial<ClientCall>) => {
      if (over) return
      over = true
      clearTimeout(leaving)
      clearTimeout(patience)
      resolve({ ...seen, ...change, endMs: Date.now() })
    }
    const sent = request(
      `${ask.url}/v1/chat/completions`,
      {
        method: 'POST',
        agent: ask.agent,
        headers: {
          authorization: `Bearer ${ask.secret}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        },
      },
      (answer) => {
        seen.decidedMs = Date.now()
        seen.status = answer.statusCode ?? null
        seen.requestId = String(answer.headers['x-request-id'] ?? '') || null
        read(answer, (body) => done(body === null ? { reason: 'cut' } : judged(seen, stream, body)))
      },
    )
    const giveUp = (change: Partial<ClientCall>) => {
      sent.destroy()
      done(change)
    }
    const leaving =
      ask.leaveAfterMs === null ? undefined : setTimeout(() => giveUp({ left: true, reason: 'left' }), ask.leaveAfterMs)
    const patience = setTimeout(() => giveUp({ reason: 'no end in sight' }), patienceMs)
    sent.on('error', (error: NodeJS.ErrnoException) => done({ reason: error.code ?? error.message }))
    sent.end(text)
  })
}

function bodyOf({ at, stream, tokens, tokensPerSecond }: Ask): string {
  const content = `Request ${at} [[sim:tokens=${tokens}]] [[sim:tps=${tokensPerSecond}]]`
  const messages = [{ role: 'user', content }]
  return JSON.stringify({ model: 'gpt-4o-mini', messages, max_tokens: tokens + 20, stream })
}

/** Gives the whole body, or null when it was cut. */
function read(answer: IncomingMessage, take: (body: string | null) => void): void {
  const pieces: Buffer[] = []
  answer.on('data', (piece: Buffer) => pieces.push(piece))
  answer.on('error', () => take(null))
  answer.on('close', () => take(answer.complete ? Buffer.concat(pieces).toString('utf8') : null))
}

function judged(seen: ClientCall, stream: boolean, body: string): Partial<ClientCall> {
  if (seen.status === 200) {
    if (!stream) return { outcome: 'ok' }
    if (body.trimEnd().endsWith('data: [DONE]')) return { outcome: 'ok' }
    // In the middle of a stream an error comes as an event, and the end mark does not.
    return body.includes('"error":') ? { outcome: 'fail', reason: 'error event' } : { reason: 'no end mark' }
  }
  const parsed = failureShape.safeParse(parsedJson(body))
  if (!parsed.success) return { outcome: 'fail', reason: `unreadable failure: ${body.slice(0, 200)}` }
  const { gateway } = parsed.data.error
  return { outcome: 'fail', reason: gateway.reason, refusal: refusalOf(gateway) }
}

function refusalOf(gateway: z.output<typeof failureShape>['error']['gateway']): RefusalSeen | null {
  const { scope, limit_usd: limit, spent_usd: spent, held_usd: held, estimate_usd: ask } = gateway
  if (!scope || limit === undefined || spent === undefined || held === undefined || ask === undefined) return null
  return { scope: scope.type, scopeId: scope.id, limit, spent, held, ask }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
