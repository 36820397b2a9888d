import { Failure } from '@tollkeeper/domain/failure'
import type { AttemptId } from '@tollkeeper/domain/id'
import { outputThatFits, worstCase } from '@tollkeeper/domain/price'
import type { SliceShare } from '../../slices/slice.ts'
import type { Slices } from '../../slices/slices.ts'
import type { Candidate, Routed } from '../exchange.ts'
import { exactAsk, firstAsk, usefulCap, type Ask } from './bound.ts'
import type { Held, TakeHold, TakeHoldDeps } from './take-hold.ts'

export type TakeSliceDeps = TakeHoldDeps & {
  slices: Slices
  isStoreAway: (error: unknown) => boolean
  /** Hears of each request that was answered out of a slice because the store was away. */
  onOutage: () => void
}

const isBounded = ({ standing }: Pick<Routed, 'standing'>): boolean =>
  standing.org.policy.settings.storeOutage === 'bounded'

/**
 * `takeHold` for organisations that want to be answered while the store is away: then an attempt is paid by the key's
 * slice, clamped to what is left of it as to a budget. Others fail as before.
 */
export function makeTakeHoldOrSlice(deps: TakeSliceDeps, takeHold: TakeHold): TakeHold {
  return async (routed, candidate, attempt) => {
    if (!isBounded(routed)) return takeHold(routed, candidate, attempt)
    const { slices } = deps
    const { standing } = routed
    const drill = slices.isDrill(standing, routed.chat.model)
    if (slices.storeAway || drill) {
      const held = await fromSlice(deps, routed, candidate, { ...attempt, mayClamp: !drill })
      if (held) return noted(deps, routed, candidate, held)
    }
    try {
      return noted(
        deps,
        routed,
        candidate,
        await takeHoldOrYield(slices, routed, () => takeHold(routed, candidate, attempt)),
      )
    } catch (error) {
      if (!deps.isStoreAway(error)) throw error
      slices.noteStoreAway()
      const held = await fromSlice(deps, routed, candidate, { ...attempt, mayClamp: true })
      if (!held) throw error
      return noted(deps, routed, candidate, held)
    }
  }
}

/** Nobody is refused for money that is only set aside: the organisation's slices here make room, and it is asked again. */
async function takeHoldOrYield(
  slices: Slices,
  { standing, journey }: Routed,
  take: () => Promise<Held>,
): Promise<Held> {
  try {
    return await take()
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'budget_held') throw error
    if (!(await slices.yieldOf(standing.record.scopes.orgId))) throw error
    journey.refusal = null
    return take()
  }
}

function noted({ slices, onOutage }: TakeSliceDeps, { standing }: Routed, candidate: Candidate, held: Held): Held {
  const meta = { providerId: candidate.provider.id, model: candidate.model.name, priceVersion: candidate.price.version }
  slices.note(standing, { amount: held.amount, headroom: held.share ? undefined : held.headroom, meta })
  if (held.share && slices.storeAway) onOutage()
  return held
}

async function fromSlice(
  deps: TakeSliceDeps,
  routed: Routed,
  candidate: Candidate,
  { id, bodyBytes, mayClamp }: { id: AttemptId; bodyBytes: number; mayClamp: boolean },
): Promise<Held | undefined> {
  const { standing, chat } = routed
  let ask = await firstAsk(deps, routed, candidate, bodyBytes)
  let share = shareFor(deps, routed, candidate, ask)
  if (!share && !ask.exact) {
    ask = await exactAsk(deps, routed, candidate)
    share = shareFor(deps, routed, candidate, ask)
  }
  if (!share && mayClamp) {
    const left = deps.slices.leftOf(standing)
    const output = outputThatFits(ask.input, candidate.price, left, ask.cap * chat.choices) ?? -1
    const cap = Math.floor(output / chat.choices)
    if (cap < usefulCap(routed, candidate)) return undefined
    ask = { ...ask, cap, tokens: ask.input + cap * chat.choices }
    share = shareFor(deps, routed, candidate, ask)
  }
  if (!share) return undefined
  return {
    ...ask,
    // Another id than the hold's that may have been tried before: that one is given back under its own.
    attemptId: `${id}.s` as AttemptId,
    amount: share.amount,
    nodes: share.share.nodes,
    rates: [],
    headroom: null,
    tightest: null,
    share: share.share,
  }
}

function shareFor(deps: TakeSliceDeps, { standing, chat }: Routed, candidate: Candidate, ask: Ask) {
  const amount = worstCase({ input: ask.input, output: ask.cap * chat.choices }, candidate.price)
  const share: SliceShare | undefined = amount === undefined ? undefined : deps.slices.take(standing, amount)
  return share && amount !== undefined ? { share, amount } : undefined
}
