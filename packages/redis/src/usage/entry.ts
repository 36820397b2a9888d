import { moneyEvent, requestEvent, type MoneyEvent, type RequestEvent } from '@tollkeeper/domain/usage'

export type UsagePayload =
  /** A charge, with the request's row when this attempt was its last; or an adjustment of one. */
  | { kind: 'attempt'; event: MoneyEvent; request: RequestEvent | null }
  | { kind: 'request'; event: RequestEvent }
  /** Not what any version of ours writes: to be kept aside, never dropped. */
  | { kind: 'unreadable'; raw: Readonly<Record<string, string>>; error: string }

/** Reads the fields of one entry of a usage stream: names and values in turn. Never throws. */
export function parseUsageFields(fields: readonly string[]): UsagePayload {
  const raw: Record<string, string> = {}
  for (let i = 0; i + 1 < fields.length; i += 2) raw[fields[i] ?? ''] = fields[i + 1] ?? ''
  try {
    if (raw['t'] === 'request') return { kind: 'request', event: requestEvent.parse(json(raw, 'e')) }
    if (raw['t'] !== 'attempt') return { kind: 'unreadable', raw, error: `unknown type ${JSON.stringify(raw['t'])}` }
    const event = moneyEvent.parse({
      attemptId: raw['id'],
      kind: raw['kind'],
      amount: raw['amount'],
      hold: raw['hold'],
      nodes: raw['nodes'] === '' ? [] : raw['nodes']?.split(' '),
      meta: json(raw, 'meta'),
      result: json(raw, 'result'),
      ...(raw['cause'] === undefined ? {} : { cause: json(raw, 'cause') }),
    })
    return { kind: 'attempt', event, request: raw['req'] === undefined ? null : requestEvent.parse(json(raw, 'req')) }
  } catch (error) {
    return { kind: 'unreadable', raw, error: error instanceof Error ? error.message : String(error) }
  }
}

const json = (raw: Readonly<Record<string, string>>, field: string): unknown => JSON.parse(raw[field] ?? '')
