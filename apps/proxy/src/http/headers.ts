import { usdText, type NanoUsd } from '@tollkeeper/domain/price'
import type { Allowance, Answered, AnsweredFrom, Journey } from '../pipeline/exchange.ts'

/** Both official clients look for the request id, each in another header. */
export const idHeaders = (requestId: string): string[] => ['x-request-id', requestId, 'request-id', requestId]

/** Text that can be a header's value: names that people chose may hold anything. */
const headerText = (text: string): string =>
  /^[\u0020-\u007e]*$/.test(text) ? text : text.replaceAll(/[^\u0020-\u007e]/g, '?')

/** A scope as a header names it: `team/data-science`. */
export const scopeHeader = (kind: string, scope: { id: string; name: string }): string =>
  `${kind}/${slugOf(scope.name) || scope.id}`

/** A name as one word of plain characters. */
const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')

/** A duration as OpenAI writes it: `12ms`, `6s`, `1m30s`, `2h0m0s`. */
function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const seconds = Math.ceil(ms / 1_000)
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  if (h > 0) return `${h}h${m}m${s}s`
  return m > 0 ? `${m}m${s}s` : `${s}s`
}

function allowanceHeaders(allowance: Allowance | null, { dialect, atMs }: Journey): string[] {
  if (!allowance) return []
  if (dialect === 'anthropic-messages')
    return [
      'anthropic-ratelimit-requests-limit',
      String(allowance.limit),
      'anthropic-ratelimit-requests-remaining',
      String(allowance.remaining),
      // A time in this dialect, in whole seconds.
      'anthropic-ratelimit-requests-reset',
      new Date(Math.ceil((atMs + allowance.resetMs) / 1_000) * 1_000).toISOString().replace('.000Z', 'Z'),
    ]
  return [
    'x-ratelimit-limit-requests',
    String(allowance.limit),
    'x-ratelimit-remaining-requests',
    String(allowance.remaining),
    'x-ratelimit-reset-requests',
    durationText(allowance.resetMs),
  ]
}

/** Of an answer that the call of another request gave: it costs nothing, and saves what that call cost once it is known. */
function savedHeaders({ avoided }: AnsweredFrom): string[] {
  const headers = ['X-Gateway-Cost-USD', usdText(0n)]
  if (avoided !== null) headers.push('X-Gateway-Saved-USD', usdText(avoided))
  return headers
}

function moneyHeaders(answered: Answered): string[] {
  const { settings } = answered.standing.org.policy
  const whole = answered.kind === 'whole'
  const bill = whole ? answered.bill : answered.estimate
  const headers = [whole ? 'X-Gateway-Cost-USD' : 'X-Gateway-Estimate-USD', usdText(bill.amount)]
  headers.push('X-Gateway-Price-Version', headerText(answered.candidate.price.version))
  if (settings.showAmounts && bill.left !== null) headers.push('X-Gateway-Budget-Remaining-USD', leftText(bill.left))
  if (bill.scope) headers.push('X-Gateway-Budget-Scope', scopeHeader(bill.scope.kind, bill.scope))
  return headers
}

const leftText = (left: NanoUsd): string => usdText(left < 0n ? 0n : left)

/** How each try at a provider ended, in order: `openai:error:503,ollama:ok` (S-RS-4). None where none was made. */
export function legHeaders({ legs }: Pick<Journey, 'legs'>): string[] {
  if (legs.length === 0) return []
  return ['X-Gateway-Attempts', legs.map(({ provider, end }) => `${slugOf(provider) || 'provider'}:${end}`).join(',')]
}

/** Headers of an answer, as a flat list: what answered, what it cost, what is left. */
export function answerHeaders(answered: Answered): string[] {
  const { journey, candidate, allowance } = answered
  const headers = [
    ...idHeaders(journey.requestId),
    'X-Gateway-Model',
    headerText(candidate.model.name),
    'X-Gateway-Provider',
    headerText(candidate.provider.name),
    ...legHeaders(journey),
    'X-Gateway-Fallback',
    String(candidate.model.name !== answered.candidates[0].model.name),
    'X-Gateway-Cache',
    journey.answeredFrom?.kind === 'dedup' ? 'dedup' : 'none',
    ...(journey.answeredFrom ? savedHeaders(journey.answeredFrom) : moneyHeaders(answered)),
    ...allowanceHeaders(allowance, journey),
  ]
  if (journey.answeredFrom?.kind === 'replay') headers.push('Idempotent-Replayed', 'true')
  if (journey.clampedTo !== null) headers.push('X-Gateway-Max-Tokens-Clamped', String(journey.clampedTo))
  return headers
}
