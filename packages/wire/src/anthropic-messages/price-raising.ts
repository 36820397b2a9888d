import { isGiven, isObject, unsupported, type Fields } from '../field.ts'

type Rule = (value: unknown) => string | undefined

const always =
  (why: string): Rule =>
  () =>
    why

const priceless = 'its price is not in the price book, so the cost could not be bounded'
const elsewhere = 'it may send the request to a model with another price'

/** Parameters that raise the price of an answer (security.md T-MULT). */
const rules: Readonly<Record<string, Rule>> = {
  service_tier: (value) => (value === 'auto' || value === 'standard_only' ? undefined : priceless),
  speed: (value) => (value === 'standard' ? undefined : priceless),
  inference_geo: always(priceless),
  mcp_servers: (value) =>
    Array.isArray(value) && value.length === 0
      ? undefined
      : 'tools that run at the provider have a price per call that is not bounded here',
  container: always('containers have a price that is not bounded here'),
  context_management: (value) =>
    isObject(value) && clearsOnly(value['edits']) ? undefined : 'summaries are billed and are not bounded by the cap',
  fallbacks: always(elsewhere),
  models: always(elsewhere),
}
const names = Object.keys(rules)

/** Edits that only leave out what was said earlier. */
const clearsOnly = (edits: unknown): boolean =>
  !isGiven(edits) ||
  (Array.isArray(edits) &&
    edits.every((edit) => isObject(edit) && typeof edit['type'] === 'string' && edit['type'].startsWith('clear_')))

/**
 * Refuses what could make an answer cost more than its hold.
 *
 * @throws Failure `unsupported_parameter`
 */
export function refuseDearerParameters(body: Fields): void {
  for (const name of names) {
    const value = body[name]
    if (!isGiven(value)) continue
    const why = rules[name]?.(value)
    if (why !== undefined) throw unsupported(name, why)
  }
}
