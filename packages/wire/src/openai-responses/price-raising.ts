import { isGiven, unsupported, type Fields } from '../field.ts'

type Rule = (value: unknown) => string | undefined

const always =
  (why: string): Rule =>
  () =>
    why

const priceless = 'its price is not in the price book, so the cost could not be bounded'

/** Parameters that make an answer cost more than the body tells (security.md T-MULT). */
const rules: Readonly<Record<string, Rule>> = {
  service_tier: (value) => (value === 'auto' || value === 'default' ? undefined : priceless),
  prompt: always('a prompt that the provider keeps may bring tools with a price per call'),
  context_management: always('what the provider makes of the context is billed and not bounded by the output cap'),
  background: (value) => (value === false ? undefined : 'what runs in the background cannot be settled when it ends'),
  modalities: always('only text can be priced'),
  moderation: always(priceless),
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
}
