import { fail } from '@tollkeeper/domain/failure'
import type { ChatRequest } from '@tollkeeper/domain/chat'
import { worstCase } from '@tollkeeper/domain/price'
import type { Candidate, Routed } from '../exchange.ts'

/** How much an attempt may use at most, and how well that is known. */
export type Ask = {
  /** Upper bound of the input tokens. */
  input: number
  /** The bound is the count that the provider will bill, not the length of the body. */
  exact: boolean
  /** Output cap of one choice. */
  cap: number
  /** Input and output for the limits on tokens, which are corrected later and so take an estimate. */
  tokens: number
}

/** Least output that is worth an answer, unless the caller asked for less. */
const leastUseful = 256

/** A budget with this many times the bound left cannot be touched by the bound being too high. */
const plenty = 1_000n

/** Bytes per token, for the estimate that limits on tokens take. */
const usualTokenBytes = 4

export type BoundDeps = {
  /** Upper bound of input tokens from the bytes of the body alone. */
  bytesBound: (bytes: number) => number
  /** Input tokens as the provider counts them; counts no further when there are more than `enough`. */
  inputTokens: (chat: Routed['chat'], encoding: Candidate['model']['encoding'], enough?: number) => Promise<number>
}

/** Output cap of one choice before anything is known about money. */
function wantedCap({ chat, standing }: Routed, { model }: Candidate): number {
  return chat.maxOutputTokens ?? Math.min(model.maxOutputTokens, standing.org.policy.settings.defaultMaxOutputTokens)
}

/** The smallest cap that is still worth an answer. */
export const usefulCap = (routed: Routed, candidate: Candidate): number =>
  routed.chat.leastOutputTokens ?? Math.min(leastUseful, wantedCap(routed, candidate))

/**
 * The first ask of an attempt. Counting tokens costs more than everything else in the walk, so a request whose budgets
 * are nowhere near a limit is bounded by the length of its body instead, which is never too low. A refusal of that
 * bound is not told to anybody: the caller counts exactly and asks again.
 */
export async function firstAsk(deps: BoundDeps, routed: Routed, candidate: Candidate, bodyBytes: number): Promise<Ask> {
  if (routed.chat.readsKept) return exactAsk(deps, routed, candidate)
  const cap = wantedCap(routed, candidate)
  const besides = besidesText(routed.chat, candidate)
  const input = deps.bytesBound(bodyBytes) + besides
  if (!isPlentyLeft(routed, candidate, { input, cap }) || mayPassWindow(routed, candidate, input + cap))
    return exactAsk(deps, routed, candidate)
  const tokens = Math.ceil(bodyBytes / usualTokenBytes) + besides + cap * routed.chat.choices
  return { input, exact: false, cap, tokens: atLeastAnnounced(routed, tokens) }
}

/** The ask with the input counted. @throws Failure when the input fills the model's context */
export async function exactAsk(deps: BoundDeps, routed: Routed, candidate: Candidate): Promise<Ask> {
  const { chat } = routed
  if (chat.readsKept) return keptAsk(deps, routed, candidate)
  const { contextWindow, encoding } = candidate.model
  // Bytes are a bound, not a count: then the provider judges whether it fits. So it does with inputs, each by itself.
  const window = encoding === 'bytes' || chat.embedded ? null : contextWindow
  const input = (await deps.inputTokens(chat, encoding, window ?? undefined)) + besidesText(chat, candidate)
  let cap = wantedCap(routed, candidate)
  if (window !== null) {
    if (input >= window) {
      const params = { limit: window, asked: input + 1 }
      throw fail('context_length_exceeded', params, { param: 'messages', code: 'context_length_exceeded' })
    }
    if (chat.maxOutputTokens === null) cap = Math.min(cap, window - input)
  }
  return { input, exact: true, cap, tokens: atLeastAnnounced(routed, input + cap * chat.choices) }
}

/**
 * The ask of a request that goes on from what the provider kept: nobody here knows how much that is, but no model reads
 * more than its context. Limits on tokens take what is seen, since they are corrected.
 *
 * @throws Failure when the context is not known and a budget must not be exceeded
 */
async function keptAsk(deps: BoundDeps, routed: Routed, candidate: Candidate): Promise<Ask> {
  const { chat, standing } = routed
  const { contextWindow, encoding, name } = candidate.model
  if (contextWindow === null && standing.hasHardBudget) {
    const why = `what the provider kept is read again, nobody states how much the model "${name}" reads at most, and a budget must not be exceeded; send the items themselves`
    const param = 'previous_response_id'
    throw fail('unsupported_parameter', { name: param, why }, { param, code: 'unsupported_parameter' })
  }
  const seen = (await deps.inputTokens(chat, encoding)) + besidesText(chat, candidate)
  const cap = wantedCap(routed, candidate)
  const tokens = atLeastAnnounced(routed, seen + cap * chat.choices)
  return { input: Math.max(seen, contextWindow ?? 0), exact: true, cap, tokens }
}

/** More than any model is known to take for one image; only used where no budget is hard. */
const unknownImage = 50_000

/**
 * Upper bound of the input tokens that no text of the request accounts for: what the provider adds by itself, and
 * images, at what the maker of the model states for the largest.
 */
export function besidesText(
  { images, hiddenTokens }: Pick<ChatRequest, 'images' | 'hiddenTokens'>,
  { model }: Candidate,
): number {
  const { low, most } = model.imageTokens ?? { low: unknownImage, most: unknownImage }
  return hiddenTokens + images.low * low + images.other * most
}

// What a caller announces may only raise what is taken: otherwise announcing little would be a way around the limits.
export const atLeastAnnounced = ({ chat }: Routed, tokens: number): number =>
  Math.max(tokens, chat.requestedTokens ?? 0)

function isPlentyLeft({ standing, chat }: Routed, { price }: Candidate, ask: { input: number; cap: number }): boolean {
  if (standing.headroom === undefined) return false
  if (standing.headroom === null) return true
  const cost = worstCase({ input: ask.input, output: ask.cap * chat.choices }, price)
  return cost !== undefined && standing.headroom > cost * plenty
}

const mayPassWindow = ({ chat }: Routed, { model }: Candidate, tokens: number): boolean =>
  chat.maxOutputTokens === null && model.contextWindow !== null && tokens > model.contextWindow
