import { invalid, isGiven, unsupported, type Fields } from '../field.ts'

type Rule = (value: unknown) => string | undefined

const always =
  (why: string): Rule =>
  () =>
    why

const priceless = 'its price is not in the price book, so the cost could not be bounded'
const elsewhere = 'it may send the request to a model with another price'

/** Parameters that raise the price of an answer, here or at a well-known compatible provider (security.md T-MULT). */
const rules: Readonly<Record<string, Rule>> = {
  service_tier: (value) => (value === 'auto' || value === 'default' ? undefined : priceless),
  modalities: (value) =>
    Array.isArray(value) && value.every((each) => each === 'text')
      ? undefined
      : 'only the modality "text" can be priced',
  prediction: always('rejected predictions are billed as output and are not bounded by the output cap'),
  audio: always('audio cannot be priced yet'),
  web_search_options: always('searches have a price per call that is not bounded here'),
  search_parameters: always('searches have a price per call that is not bounded here'),
  enable_search: (value) => (value === false ? undefined : 'searches have a price per call that is not bounded here'),
  plugins: always('plugins have prices that are not bounded here'),
  mcp_servers: always('tools that run at the provider have a price per call that is not bounded here'),
  container: always('containers have a price that is not bounded here'),
  speed: always(priceless),
  inference_geo: always(priceless),
  best_of: (value) => (value === 1 ? undefined : 'use "n"'),
  models: always(elsewhere),
  route: always(elsewhere),
  provider: always(elsewhere),
}
const names = Object.keys(rules)

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
  // A Responses-shaped body, which some clients send to this path: no message would be counted.
  if (isGiven(body['input'])) throw invalid('input', 'Send "messages" here; "input" belongs to the Responses API.')
}
