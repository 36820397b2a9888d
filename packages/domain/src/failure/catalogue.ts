/** The closed set of kinds. Each wire format maps kinds to statuses and types, never codes. */
export const failureKinds = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not-found',
  'method',
  'too-large',
  'media-type',
  'rate',
  'budget',
  'budget-held',
  'unavailable',
  'upstream-unavailable',
  'upstream-timeout',
  'upstream-refused',
  'internal',
] as const
export type FailureKind = (typeof failureKinds)[number]

type Entry<Params> = { kind: FailureKind; says: (params: Params) => string }
const entry = <Params = void>(kind: FailureKind, says: (params: Params) => string): Entry<Params> => ({ kind, says })

const quoted = (label: { kind: string; name: string }) =>
  label.kind === 'organisation' ? `organisation "${label.name}"` : `${label.kind.replace('-', ' ')} "${label.name}"`

export type ScopeLabel = { kind: string; id: string; name: string }

const periodWord: Record<string, string> = {
  hour: 'hourly ',
  day: 'daily ',
  week: 'weekly ',
  month: 'monthly ',
  all: '',
}

/**
 * Every "no" a client can be told: code → kind and public sentence. A sentence never contains an upstream's words,
 * a stack, a path or a secret.
 */
export const catalogue = {
  invalid_json: entry<{ why: string }>('invalid', (p) => `The request body is not valid JSON: ${p.why}.`),
  invalid_request: entry<{ why: string }>('invalid', (p) => p.why),
  invalid_http: entry<{ why: string }>('invalid', (p) => `The request is not valid HTTP: ${p.why}.`),
  too_deep: entry<{ limit: number }>('invalid', (p) => `The request body is nested more than ${p.limit} levels deep.`),
  context_length_exceeded: entry<{ limit: number; asked: number }>(
    'invalid',
    (p) =>
      `This model's maximum context length is ${p.limit} tokens. However, your request needs at least ${p.asked} tokens.`,
  ),
  unsupported_parameter: entry<{ name: string; why: string }>(
    'invalid',
    (p) => `"${p.name}" is not supported here: ${p.why}.`,
  ),
  untranslatable: entry<{ feature: string }>(
    'invalid',
    (p) => `"${p.feature}" cannot be used with this model: its provider has no such feature.`,
  ),
  no_key: entry(
    'unauthenticated',
    () => 'No API key was sent. Put it in the header "Authorization: Bearer sk-gw-…" or "x-api-key".',
  ),
  foreign_key: entry<{ header: string }>(
    'unauthenticated',
    (p) => `The header "${p.header}" holds a credential that is not a gateway key. Gateway keys begin with "sk-gw-".`,
  ),
  invalid_api_key: entry('unauthenticated', () => 'Incorrect API key provided. It is malformed, mistyped or unknown.'),
  key_expired: entry<{ at: string }>('unauthenticated', (p) => `This API key expired on ${p.at}.`),
  key_revoked: entry<{ at: string | null }>(
    'unauthenticated',
    (p) => `This API key was revoked${p.at ? ` on ${p.at}` : ''}.`,
  ),
  key_disabled: entry(
    'unauthenticated',
    () => 'This API key is disabled. Somebody who may manage it can enable it in the console.',
  ),
  org_suspended: entry('forbidden', () => 'This organisation is suspended.'),
  scope_forbidden: entry<{ header: string }>(
    'forbidden',
    (p) => `This key may not act for the id in the header "${p.header}".`,
  ),
  model_not_allowed: entry<{ model: string; allowed: string }>(
    'forbidden',
    (p) => `This key may not use the model "${p.model}". It may use: ${p.allowed}.`,
  ),
  model_not_found: entry<{ model: string; nearest: readonly string[] }>(
    'not-found',
    (p) =>
      `The model "${p.model}" does not exist here${p.nearest.length > 0 ? `. Did you mean ${p.nearest.join(', ')}?` : '.'}`,
  ),
  route_not_found: entry<{ method: string; path: string }>(
    'not-found',
    (p) => `There is no ${p.method} ${p.path} here.`,
  ),
  method_not_allowed: entry<{ method: string }>('method', (p) => `The method ${p.method} is not allowed here.`),
  request_too_large: entry<{ limitBytes: number }>(
    'too-large',
    (p) => `The request body is larger than ${p.limitBytes} bytes.`,
  ),
  unsupported_media_type: entry<{ why: string }>('media-type', (p) => p.why),
  model_unpriced: entry<{ model: string }>(
    'invalid',
    (p) =>
      `The model "${p.model}" has no price, so its cost cannot be bounded and it is refused under a hard budget. ` +
      `Add a price in the console: Providers, the provider of this model, "Add price".`,
  ),
  rate_limited: entry<{
    scope: ScopeLabel
    unit: 'requests' | 'tokens'
    per: string
    limit: number
    retryAfterMs: number
  }>(
    'rate',
    (p) =>
      (p.scope.kind === 'provider'
        ? `The provider's own rate limit is reached: ${quoted(p.scope)} lets this organisation use ` +
          `${p.limit} ${p.unit} per ${p.per} with this model. `
        : `Rate limit reached: ${quoted(p.scope)} may use ${p.limit} ${p.unit} per ${p.per}. `) +
      `Please try again in ${Math.max(1, Math.ceil(p.retryAfterMs / 1000))}s.`,
  ),
  tokens_never_fit: entry<{ scope: ScopeLabel; limit: number; asked: number }>(
    'invalid',
    (p) =>
      `This request may use ${p.asked} tokens, but ${quoted(p.scope)} allows at most ${p.limit} at a time. Ask for fewer output tokens.`,
  ),
  concurrency_limited: entry<{ scope: ScopeLabel; kind: 'streams' | 'whole'; limit: number; retryAfterMs: number }>(
    'rate',
    (p) =>
      `As many requests of ${quoted(p.scope)} are running as may at a time: ` +
      `${p.limit} ${p.kind === 'streams' ? 'streams' : 'whole answers'}. ` +
      `Please try again in ${Math.max(1, Math.ceil(p.retryAfterMs / 1000))}s.`,
  ),
  budget_exceeded: entry<{
    scope: ScopeLabel
    period: string
    resetsAt: string | null
    link: string | null
    fits: number | null
  }>(
    'budget',
    (p) =>
      `Budget reached: ${quoted(p.scope)} has ${p.fits === null ? 'used its' : 'too little left of its'} ${periodWord[p.period] ?? ''}limit` +
      `${p.resetsAt ? `; it will reset at ${p.resetsAt}` : '; it does not reset by itself'}. ` +
      `${p.fits === null ? '' : `A request with at most ${p.fits} output tokens would still fit. `}` +
      `Ask somebody who manages ${quoted(p.scope)}${p.link ? `, or open ${p.link} to see why` : ''}.`,
  ),
  budget_held: entry<{ scope: ScopeLabel; retryAfterMs: number }>(
    'budget-held',
    (p) =>
      `The rest of the budget of ${quoted(p.scope)} is held by requests that are running now. ` +
      `Please try again in ${Math.max(1, Math.ceil(p.retryAfterMs / 1000))}s.`,
  ),
  platform_budget_exceeded: entry<{ resetsAt: string }>(
    'budget',
    (p) =>
      'The spending ceiling of this whole gateway is reached, for everybody who uses it; ' +
      `it will reset at ${p.resetsAt}. Ask whoever runs the gateway.`,
  ),
  platform_budget_held: entry(
    'unavailable',
    () =>
      'The rest of the spending ceiling of this whole gateway is held by requests that are running now. Please try again shortly.',
  ),
  budget_store_unavailable: entry(
    'unavailable',
    () => 'Budgets cannot be checked right now, so nothing was sent. Please try again shortly.',
  ),
  journal_unavailable: entry(
    'unavailable',
    () => 'The gateway cannot write its record of charges at the moment. Please try again shortly.',
  ),
  shutting_down: entry('unavailable', () => 'This instance is shutting down. Please try again.'),
  client_left: entry('unavailable', () => 'The client closed the connection before it was answered.'),
  client_too_slow: entry(
    'unavailable',
    () => 'The stream was read too slowly while others read it too, so it ends here. Please ask again.',
  ),
  idempotency_key_reused: entry(
    'invalid',
    () => 'This Idempotency-Key was sent before with another body. Use a new key for a new request.',
  ),
  idempotent_request_running: entry(
    'unavailable',
    () => 'The request with this Idempotency-Key is still running. Please try again shortly.',
  ),
  overloaded: entry('unavailable', () => 'The gateway is overloaded. Please try again shortly.'),
  upstream_unavailable: entry<{ provider: string }>(
    'upstream-unavailable',
    (p) => `The provider "${p.provider}" could not answer. Please try again shortly.`,
  ),
  upstream_rate_limited: entry<{ provider: string; retryAfterMs: number | null }>(
    'rate',
    (p) => `The provider "${p.provider}" is limiting requests right now. Please try again shortly.`,
  ),
  upstream_timeout: entry<{ provider: string }>(
    'upstream-timeout',
    (p) => `The provider "${p.provider}" did not answer in time.`,
  ),
  upstream_credential: entry<{ provider: string }>(
    'upstream-unavailable',
    (p) =>
      `The provider "${p.provider}" does not accept the credential stored for it. An administrator can replace it in the console.`,
  ),
  upstream_forbidden_address: entry<{ provider: string }>(
    'upstream-unavailable',
    (p) =>
      `The address of the provider "${p.provider}" is inside a private network, where this installation does not call providers. ` +
      'Nothing was sent. An administrator can correct it in the console.',
  ),
  upstream_refused: entry<{ provider: string; status: number }>(
    'upstream-refused',
    (p) => `The provider "${p.provider}" refused this request with status ${p.status}.`,
  ),
  upstream_broke: entry<{ provider: string }>(
    'upstream-unavailable',
    (p) => `The answer of the provider "${p.provider}" broke off before its end.`,
  ),
  internal: entry('internal', () => 'Something went wrong inside the gateway. The request id helps to find out what.'),
} as const

export type FailureCode = keyof typeof catalogue
export type FailureParams<Code extends FailureCode> = Parameters<(typeof catalogue)[Code]['says']>[0]
