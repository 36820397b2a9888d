import type { ConditionalPrice, ModelInfo, ModelPrice as SourcePrice, Provider } from '@pydantic/genai-prices'
import { tokenClasses, type Rates, type TokenClass } from '@tollkeeper/domain/price'
import { matchLogic, type MatchLogic } from './match.ts'
import { picoOf } from './pico.ts'

/** One row of an edition: what a model costs from a date on. `rates` may be empty: known model, unknown price. */
export type BookRow = {
  provider: string
  model: string
  position: number
  match: MatchLogic
  contextWindow: number | null
  effectiveFrom: Date
  rates: Rates
  tiers: readonly { aboveInputTokens: number; rates: Rates }[]
  note: string | null
}

const classOf: Readonly<Record<string, TokenClass>> = {
  input_mtok: 'inputUncached',
  cache_read_mtok: 'inputCacheRead',
  cache_write_mtok: 'inputCacheWrite5m',
  cache_write_1h_mtok: 'inputCacheWrite1h',
  output_mtok: 'outputText',
  // Reasoning is part of the text a model writes; where it costs more, all of it is charged so.
  output_reasoning_mtok: 'outputText',
  input_audio_mtok: 'audioIn',
  output_audio_mtok: 'audioOut',
  input_image_mtok: 'imageIn',
  output_image_mtok: 'imageOut',
}

/** Charged for every request whatever its tokens: a price without it would be too low, so such a model stays unpriced. */
const perRequestFee = 'requests_kcount'

/** Rates by the input above which they hold; 0 is the base. */
type Steps = ReadonlyMap<number, Rates>

const epoch = new Date(0)

/** Rows of one provider, in the order in which the source looks for a model. */
export function rowsOf(provider: Provider): BookRow[] {
  return provider.models.flatMap((model, position) => {
    const shared = {
      provider: provider.id,
      model: model.id,
      position,
      match: matchLogic.parse(model.match),
      contextWindow: model.context_window ?? null,
    }
    return segmentsOf(model).map((segment) =>
      Object.assign(toRow(segment.prices), shared, { effectiveFrom: segment.from }),
    )
  })
}

type Segment = { from: Date; prices: readonly SourcePrice[] }

/**
 * The source tries its conditional prices from the last to the first. Dates become segments; a price by time of day
 * that stands after them may apply at any date, so each segment lists every price that can apply in it.
 */
function segmentsOf(model: ModelInfo): Segment[] {
  if (!Array.isArray(model.prices)) return [{ from: epoch, prices: [model.prices] }]
  const list: readonly ConditionalPrice[] = model.prices
  const byTime = list.filter((entry) => entry.constraint?.type === 'time_of_date')
  return list
    .filter((entry) => entry.constraint?.type !== 'time_of_date')
    .map((entry) => {
      const later = byTime.filter((timed) => list.indexOf(timed) > list.indexOf(entry))
      const from = entry.constraint?.type === 'start_date' ? new Date(entry.constraint.start_date) : epoch
      return { from, prices: [entry, ...later].map((one) => one.prices) }
    })
}

function toRow(prices: readonly SourcePrice[]): Pick<BookRow, 'rates' | 'tiers' | 'note'> {
  if (prices.some((price) => price[perRequestFee] !== undefined)) {
    return { rates: {}, tiers: [], note: 'Costs a fee per request, which is not charged yet: unpriced.' }
  }
  const notes = new Set<string>()
  if (prices.length > 1) notes.add('Costs less at some times of day: the dearest price is taken.')
  const steps = dearestOf(prices.map((price) => stepsOf(price, notes)))
  return {
    rates: steps.get(0) ?? {},
    tiers: [...steps]
      .filter(([above]) => above > 0)
      .map(([aboveInputTokens, rates]) => ({ aboveInputTokens, rates }))
      .toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens),
    note: notes.size > 0 ? [...notes].join(' ') : null,
  }
}

function stepsOf(price: SourcePrice, notes: Set<string>): Steps {
  const steps = new Map<number, Rates>()
  const put = (above: number, name: TokenClass, usdPerMillion: number) => {
    const { pico, exact } = picoOf(usdPerMillion)
    if (!exact) notes.add('The source gives more than 6 decimals: rounded up to a whole pico-USD.')
    const rates = steps.get(above) ?? {}
    const known = rates[name]
    if (known === undefined || pico > known) rates[name] = pico
    steps.set(above, rates)
  }
  for (const [unit, value] of Object.entries(price)) {
    const name = classOf[unit]
    if (name === undefined || value === undefined) continue
    if (typeof value === 'number') {
      put(0, name, value)
      continue
    }
    put(0, name, value.base)
    // The source reprices the whole request when its input is greater than `start`; ours says the same of `above`.
    for (const tier of value.tiers) put(tier.start, name, tier.price)
  }
  return steps
}

/** The highest rate of every class at every step, so that a hold by it covers each of the prices. */
function dearestOf(all: readonly Steps[]): Steps {
  const [first = new Map<number, Rates>()] = all
  if (all.length <= 1) return first
  const thresholds = new Set(all.flatMap((steps) => [...steps.keys()]))
  const dearest = new Map<number, Rates>()
  for (const above of thresholds) {
    const rates: Rates = {}
    for (const name of tokenClasses) {
      const candidates = all.flatMap((steps) => rateAt(steps, name, above) ?? [])
      if (candidates.length > 0) rates[name] = candidates.reduce((best, rate) => (rate > best ? rate : best))
    }
    dearest.set(above, rates)
  }
  return dearest
}

const rateAt = (steps: Steps, name: TokenClass, above: number): bigint | undefined =>
  [...steps]
    .filter(([threshold, rates]) => threshold <= above && rates[name] !== undefined)
    .toSorted(([a], [b]) => b - a)[0]?.[1][name]
