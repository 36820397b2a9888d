import type { UsageEntry } from '@tollkeeper/db/ledger'
import { usdText, type NanoUsd, type Price } from '@tollkeeper/domain/price'
import { zonedText } from '@tollkeeper/domain/time'
import type { ModelName } from '../models.ts'
import type { Random } from '../random.ts'
import type { Settled, Spender } from '../settle.ts'
import { askingDay } from './asking.ts'
import { codingDay } from './coding.ts'
import { refused, sent, type Sender } from './events.ts'
import { runawayAgo, serviceDay } from './services.ts'
import type { DayOf, Turn } from './turn.ts'

export type PriceOf = (model: ModelName, atMs: number) => Price | undefined

/** Daily limit of the research agent. It is what ends its runaway day. */
export const agentLimit: NanoUsd = 60_000_000_000n

/** Stretches in which the provider was out, in days before today and hours of that day. */
const outages = [
  { ago: 50, from: 10, to: 10.6 },
  { ago: 15, from: 15.2, to: 15.7 },
]

/** Everything a spender did on a day, in order. */
export function dayOfSpender(settled: Settled, spender: Spender, of: DayOf, priceOf: PriceOf): UsageEntry['payload'][] {
  const from: Sender = { scopes: spender.scopes, providerId: settled.providerId }
  const turns = turnsOf(spender, of, priceOf).toSorted((a, b) => a.atMs - b.atMs)
  if (spender.service?.kind === 'agent' && of.ago === runawayAgo) return runaway(turns, from, of, spender, priceOf)
  return turns.flatMap((turn) => {
    const price = priceOf(turn.model, turn.atMs)
    if (!price) throw new Error(`${turn.model} has no price`)
    const mistake = mistakeOf(turn, from, spender, of.random)
    const answer = sent(turn, from, price, of.random, isOut(turn.atMs, of))
    return mistake ? [mistake, answer] : [answer]
  })
}

function turnsOf(spender: Spender, of: DayOf, priceOf: PriceOf): Turn[] {
  if (spender.service) return serviceDay(spender.service.kind, of)
  switch (spender.person?.habit) {
    case 'coder':
      return codingDay(of, { share: spender.share, eagerness: 1 }, priceOf)
    case 'intern':
      return codingDay(of, { share: spender.share, eagerness: 0.3 }, priceOf)
    case 'asker':
      return askingDay(of)
    case 'none':
    case undefined:
      return []
  }
}

/** Now and then somebody mistypes a model, tries the one without a price, or sends too many at once. */
function mistakeOf(turn: Turn, from: Sender, spender: Spender, random: Random): UsageEntry['payload'] | undefined {
  const before = { ...turn, atMs: turn.atMs - 4_000 }
  if (random.chance(0.0006)) {
    return refused({ ...before, model: `${turn.model}i` }, from, random, {
      status: 404,
      failure: 'model_not_found',
      refusal: null,
    })
  }
  if (spender.person?.role === 'Analyst' && random.chance(0.03)) {
    return refused({ ...before, model: 'sim-unpriced' }, from, random, {
      status: 400,
      failure: 'model_unpriced',
      refusal: null,
    })
  }
  if (spender.service?.kind === 'nightly-batch' && random.chance(0.008)) {
    const retryAfterMs = random.whole(2_000, 40_000)
    const refusal = { ...noAmounts, reason: 'rate_limited', scope: keyScope(spender), period: 'minute', retryAfterMs }
    return refused(before, from, random, { status: 429, failure: 'rate_limited', refusal, count: random.whole(1, 5) })
  }
  return undefined
}

/** The agent asks on and on; when its daily budget is used up, it is refused until somebody stops it. */
function runaway(
  turns: readonly Turn[],
  from: Sender,
  of: DayOf,
  spender: Spender,
  priceOf: PriceOf,
): UsageEntry['payload'][] {
  const { random, zone, day } = of
  let spent = 0n
  return turns.flatMap((turn, index): UsageEntry['payload'][] => {
    const price = priceOf(turn.model, turn.atMs)
    if (!price) throw new Error(`${turn.model} has no price`)
    const answer = sent(turn, from, price, random, false)
    const { hold, amount } = answer.kind === 'attempt' ? answer.event : { hold: 0n, amount: 0n }
    if (spent + hold <= agentLimit) {
      spent += amount
      return [answer]
    }
    // Repeats within ten seconds are folded into one row.
    if (index % 3 !== 0) return []
    const refusal = {
      ...noAmounts,
      reason: 'budget_exceeded',
      scope: keyScope(spender),
      period: 'day',
      resetsAt: zonedText(zone, day.endMs),
      limitUsd: usdText(agentLimit),
      spentUsd: usdText(spent),
      heldUsd: usdText(0n),
      estimateUsd: usdText(hold),
      maxOutputTokensThatFit: 0,
    }
    return [
      refused(turn, from, random, { status: 402, failure: 'budget_exceeded', refusal, count: random.whole(1, 3) }),
    ]
  })
}

const noAmounts = {
  period: null,
  resetsAt: null,
  limitUsd: null,
  spentUsd: null,
  heldUsd: null,
  estimateUsd: null,
  maxOutputTokensThatFit: null,
  retryAfterMs: null,
}

const keyScope = (spender: Spender) => ({ kind: 'key', id: spender.scopes.keyId, name: spender.name })

const isOut = (atMs: number, { day, ago }: DayOf): boolean =>
  outages.some((outage) => {
    const hour = (atMs - day.startMs) / 3_600_000
    return outage.ago === ago && hour >= outage.from && hour < outage.to
  })
