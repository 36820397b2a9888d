import type { BudgetNode } from '@tollkeeper/domain/budget'
import { Failure } from '@tollkeeper/domain/failure'
import type { AttemptId } from '@tollkeeper/domain/id'
import { costOf, maxHoldNano, worstCase, type NanoUsd } from '@tollkeeper/domain/price'
import type { Hold, Preview } from '@tollkeeper/redis/budgets'
import { largestOutput } from '../answer/largest-output.ts'
import { makeTakeHold, type TakeHoldDeps } from '../answer/take-hold.ts'
import type { Candidate, Routed } from '../exchange.ts'

/** What a request would be answered and cost, if it were sent now. */
export type Quoted = {
  candidate: Candidate
  /** Input tokens, counted or bounded; output tokens of one choice. */
  input: number
  output: number
  choices: number
  /** What it costs if it writes all the output it may, at ordinary prices. */
  estimate: NanoUsd
  /** What it costs at most, and is held for it. */
  bound: NanoUsd
  /** The longest output of one choice that every limit lets through. */
  fits: number
  refusal: Failure | null
  /** The budgets of the chain as they stand, root first. */
  chain: readonly { node: BudgetNode; used: NanoUsd; held: NanoUsd; deciding: boolean }[]
  /** Limits on tokens, by their index in the standing's rates: ms until the tokens fit, null: never. */
  waits: ReadonlyMap<number, number | null>
}

export type QuoteOf = (routed: Routed, bodyBytes: number) => Promise<Quoted>

export type QuoteDeps = Omit<TakeHoldDeps, 'hold'>

/** Refusals of the chain: part of a quote. Any other failure is that of the quote itself. */
const refusals: ReadonlySet<string> = new Set(['budget', 'budget-held', 'rate'])
const isRefusal = (error: unknown): error is Failure =>
  error instanceof Failure && (refusals.has(error.kind) || error.code === 'tokens_never_fit')

/**
 * Walks the hold of a request, with its clamps and refusals, on dry runs of the script that holds. Always counts the
 * input, so that what it says of the output that fits is exact.
 *
 * @throws Failure for what is not a limit: a context that is too long, a store that is away
 */
export function makeQuoteOf(deps: QuoteDeps): QuoteOf {
  return async (routed, bodyBytes) => {
    const [candidate] = routed.candidates
    const { journey, chat } = routed
    let last: { hold: Hold; preview: Preview } | undefined
    const takeHold = makeTakeHold({
      ...deps,
      async hold(hold) {
        last = { hold, preview: await deps.preview(hold) }
        return last.preview.verdict
      },
    })
    // Without known headroom the input is counted; and what a dry run says of it is not what a hold left.
    const asked: Routed = { ...routed, standing: { ...routed.standing, headroom: undefined } }
    const id = `${journey.requestId}.1` as AttemptId
    const outcome = await takeHold(asked, candidate, { id, bodyBytes }).catch((error: unknown) => {
      if (isRefusal(error)) return error
      throw error
    })
    const ask = journey.ask
    if (!last || !ask) throw new Error('A quote was given without asking the store')
    const { hold, preview } = last
    const { verdict } = preview
    const refused = outcome instanceof Failure
    const output = refused ? ask.cap : outcome.cap
    const bound = worstCase({ input: ask.input, output: output * chat.choices }, candidate.price) ?? maxHoldNano
    const likely = costOf({ inputUncached: ask.input, outputText: output * chat.choices }, candidate.price)
    const decides = verdict.kind === 'held' ? verdict.tightest : decidingOf(verdict)
    return {
      candidate,
      input: ask.input,
      output,
      choices: chat.choices,
      estimate: likely !== undefined && likely < bound ? likely : bound,
      bound,
      fits: largestOutput({ input: ask.input, choices: chat.choices, candidate, preview }),
      refusal: refused ? outcome : null,
      chain: preview.counters.flatMap(({ used, held }, i) => {
        const node = hold.nodes[i]
        return node ? [{ node, used, held, deciding: i === decides }] : []
      }),
      waits: longestWaits(preview.waits),
    }
  }
}

/** A scope may have a bucket and a limit per minute: the longer wait counts. */
function longestWaits(waits: Preview['waits']): Map<number, number | null> {
  const longest = new Map<number, number | null>()
  for (const { limit, waitMs } of waits) {
    const there = longest.get(limit.rate)
    longest.set(limit.rate, there === null || waitMs === null ? null : Math.max(there ?? 0, waitMs))
  }
  return longest
}

const decidingOf = (verdict: Preview['verdict']): number | null =>
  verdict.kind === 'refused' && verdict.by === 'budget' ? verdict.node : null
