import type { ChatRequest } from '@tollkeeper/domain/chat'
import { fail } from '@tollkeeper/domain/failure'
import type { AttemptId } from '@tollkeeper/domain/id'
import type { PolicyProvider } from '@tollkeeper/domain/policy'
import { usdText } from '@tollkeeper/domain/price'
import type { Answered as WholeReply, ChatBody, Outcome, Streaming, Unanswered } from '@tollkeeper/providers'
import type { WholeAnswer } from '@tollkeeper/wire/openai-chat'
import type { Places } from '../../concurrency/places.ts'
import type { Standing } from '../../standing/standing.ts'
import { step, type Answered, type Candidate, type Routed } from '../exchange.ts'
import { chargeOfHold, chargeOfTokens, isPlausible, noCharge } from './charge.ts'
import { makeEstimate, type EstimateDeps } from './estimate.ts'
import { Relay, type StreamDialect, type StreamEnd } from './relay.ts'
import type { Relays } from './relays.ts'
import { billOf, makeSettleAttempt, type SettleDeps } from './settle-attempt.ts'
import { makeTakeHoldUnderCeiling, type TakeCeilingDeps } from './take-ceiling.ts'
import { makeTakeHold, type Held } from './take-hold.ts'
import { makeTakeHoldOrSlice, type TakeSliceDeps } from './take-slice.ts'
import { legEnd } from './leg.ts'
import { makeTryInTurn, type Lost, type Try, type TryInTurnDeps } from './try-in-turn.ts'
import { endOfUnanswered } from './upstream-failure.ts'

export type Answer = (routed: Routed) => Promise<Answered>

/** A provider that is ready to be called, with its credential opened. */
export type ChatCaller = {
  /** `withinMs`: until all of it was read. */
  whole(body: Buffer, id: AttemptId, withinMs: number): Promise<Outcome<WholeReply>>
  /** `withinMs`: until its head. */
  stream(body: Buffer, id: AttemptId, withinMs: number): Promise<Outcome<Streaming>>
  /** The bytes to send, with the cap that the hold pays for. */
  render(body: ChatBody, candidate: Candidate, asked: { cap: number; field: string }): Buffer
}

export type AnswerDeps = TakeSliceDeps &
  TakeCeilingDeps &
  SettleDeps &
  TryInTurnDeps &
  EstimateDeps & {
    bodyOf: (chat: ChatRequest) => ChatBody
    /** @throws Failure when the credential cannot be opened */
    callerOf: (standing: Standing, provider: PolicyProvider) => ChatCaller
    readAnswer: (body: Buffer) => WholeAnswer | undefined
    streamDialect: StreamDialect
    relays: Relays
    /** Places at each provider. */
    providerPlaces: Places
    /** Hears what came of a call: its headers may state the provider's limits. */
    hear: (standing: Standing, candidate: Candidate, outcome: Outcome<WholeReply | Streaming>) => void
  }

/** One attempt that was held and is under way. */
type Attempt = { routed: Routed; candidate: Candidate; held: Held; decide: Try['decide'] }

/**
 * Asks a provider: hold → clamp → send → settle, per attempt. No byte goes out without its own hold over the whole
 * chain, and what goes out is clamped to what that hold pays (decisions.md 3, 4).
 *
 * @throws Failure; whatever was held is settled or given back
 */
export function makeAnswer(deps: AnswerDeps): Answer {
  const takeHold = makeTakeHoldUnderCeiling(deps, makeTakeHoldOrSlice(deps, makeTakeHold(deps)))
  const settle = makeSettleAttempt(deps)
  const estimate = makeEstimate(deps)

  async function attempt(routed: Routed, now: Try, body: ChatBody): Promise<Answered | Lost> {
    const { candidate } = now
    // Without a second copy nothing is sent: what it costs could be lost (decisions.md 7).
    if (!deps.ledger.mayBegin) throw fail('journal_unavailable', undefined, { retryAfterMs: 2_000 })
    const place = deps.providerPlaces.take(candidate.provider.id)
    if (place !== true && !(await place)) throw fail('overloaded', undefined, { retryAfterMs: 1_000 })
    const give = () => deps.providerPlaces.give(candidate.provider.id)
    try {
      const ended = await attemptInPlace(routed, now, body)
      if (ended.kind === 'lost') give()
      else routed.turn.add(give)
      return ended
    } catch (error) {
      give()
      throw error
    }
  }

  async function attemptInPlace(routed: Routed, now: Try, body: ChatBody): Promise<Answered | Lost> {
    const { journey, chat } = routed
    const { candidate, id, decide } = now
    journey.candidate = candidate
    let held: Held
    try {
      held = await takeHold(routed, candidate, { id, bodyBytes: body.bytes })
    } finally {
      // Also of a request that is refused: its timeline shows the hold that it did not get.
      step(journey, 'hold', deps.monotonic())
    }
    journey.clampedTo = isClamped(routed, candidate, held) ? held.cap : null

    const caller = await callerOrRelease(routed, candidate, held)
    const bytes = caller.render(body, candidate, { cap: held.cap, field: chat.maxOutputField })
    journey.attempts += 1
    deps.ledger.sent({ orgId: routed.standing.record.scopes.orgId, attemptId: id })
    const running: Attempt = { routed, candidate, held, decide }
    if (chat.stream) return streamed(running, await caller.stream(bytes, held.attemptId, now.withinMs))
    return whole(running, await caller.whole(bytes, held.attemptId, now.withinMs))
  }

  async function callerOrRelease(routed: Routed, candidate: Candidate, held: Held): Promise<ChatCaller> {
    const { standing, client } = routed
    try {
      if (client.gone()) throw fail('client_left', undefined)
      return deps.callerOf(standing, candidate.provider)
    } catch (error) {
      held.ceilingShare?.spent(0n)
      if (held.share) held.share.giveBack()
      else await deps.ledger.release({ ...held, orgId: standing.record.scopes.orgId })
      throw error
    }
  }

  async function whole(running: Attempt, outcome: Outcome<WholeReply>): Promise<Answered | Lost> {
    const { routed, candidate, held } = running
    const { journey, client, chat, standing } = routed
    step(journey, 'provider', deps.monotonic())
    deps.hear(standing, candidate, outcome)
    journey.firstByteMs = journey.timeline.at(-1)?.ms ?? null
    if (outcome.kind !== 'answered') return unanswered(running, outcome)
    const answer = deps.readAnswer(outcome.body)
    if (!answer)
      return unanswered(running, { kind: 'ambiguous', timedOut: false, status: 200, reason: 'not-an-answer' })

    const { usage } = answer
    const charge = isPlausible(usage, () => answer.texts().some((text) => text !== ''))
      ? chargeOfTokens(usage.tokens, candidate.price, 'reported')
      : usage.kind === 'nonsense'
        ? chargeOfHold(held, chat.choices, 'estimated')
        : await estimate(routed, candidate, held, answer.texts())
    journey.legs.push({ provider: candidate.provider.name, end: 'ok' })
    const gone = client.gone()
    const bill = await settle(running, charge, {
      outcome: gone ? 'client-left' : 'answered',
      upstreamStatus: 200,
      status: gone ? 499 : 200,
      failure: null,
    })
    return { ...routed, candidate, kind: 'whole', body: outcome.body, bill }
  }

  async function streamed(running: Attempt, outcome: Outcome<Streaming>): Promise<Answered | Lost> {
    const { routed, candidate, held } = running
    step(routed.journey, 'head', deps.monotonic())
    deps.hear(routed.standing, candidate, outcome)
    if (outcome.kind !== 'streaming') return unanswered(running, outcome)
    const { journey, chat } = routed
    journey.legs.push({ provider: candidate.provider.name, end: 'ok' })
    const relay = new Relay(
      outcome.stream,
      {
        dialect: deps.streamDialect,
        relays: deps.relays,
        monotonic: deps.monotonic,
        settle: (end) => settleStream(running, end).finally(() => routed.turn.end()),
        costUsd: (report) =>
          isPlausible(report, () => false)
            ? usdText(chargeOfTokens(report.tokens, candidate.price, 'reported').amount)
            : undefined,
        onProgress: (events) => noteProgress(running, events),
        onFirstByte: () => {
          step(journey, 'first byte', deps.monotonic())
          journey.firstByteMs = journey.timeline.at(-1)?.ms ?? null
        },
        onDefect: deps.record.defect,
        usdText: (bill) => usdText(bill.amount),
      },
      { provider: candidate.provider.name, wantsUsage: chat.wantsUsage, deadlineAt: journey.deadlineAt },
    )
    return { ...routed, candidate, kind: 'stream', relay, estimate: billOf(held, held.amount) }
  }

  /** Each event but the first of each choice carries a token or more; what it read is not known yet. */
  function noteProgress({ routed, candidate, held }: Attempt, events: number): void {
    const { choices } = routed.chat
    const outputText = Math.min(Math.max(0, events - choices), held.cap * choices)
    const { amount } = chargeOfTokens({ outputText }, candidate.price, 'estimated')
    deps.ledger.progressed({ orgId: routed.standing.record.scopes.orgId, attemptId: held.attemptId }, amount)
  }

  async function settleStream(running: Attempt, end: StreamEnd) {
    const { routed, candidate, held } = running
    step(routed.journey, 'provider', deps.monotonic())
    const { report } = end
    const wroteText = () => end.texts().some((text) => text !== '')
    const complete = end.failure === null && isPlausible(report, wroteText)
    const charge = complete
      ? chargeOfTokens(report.tokens, candidate.price, 'reported')
      : end.silent
        ? chargeOfHold(held, routed.chat.choices, 'held')
        : report.kind === 'nonsense'
          ? chargeOfHold(held, routed.chat.choices, 'estimated')
          : await estimate(routed, candidate, held, end.texts(), report)
    return settle(running, charge, {
      outcome: end.silent ? 'unknown' : end.failure ? 'stream-broke' : end.clientLeft ? 'client-left' : 'answered',
      upstreamStatus: 200,
      status: end.clientLeft ? 499 : 200,
      failure: end.failure?.code ?? null,
    })
  }

  async function unanswered(running: Attempt, outcome: Unanswered): Promise<Lost> {
    const { routed, candidate, held } = running
    const { journey } = routed
    journey.legs.push({ provider: candidate.provider.name, end: legEnd(outcome) })
    const end = endOfUnanswered(outcome, candidate.provider.name)
    const next = running.decide(outcome)
    const charge = end.ambiguous ? chargeOfHold(held, routed.chat.choices, 'held') : noCharge
    await settle({ ...running, isLost: true, isLast: next.kind === 'stop' }, charge, {
      outcome: end.outcome,
      upstreamStatus: end.status,
      status: deps.statusOf(end.failure),
      failure: end.failure.code,
    })
    return { kind: 'lost', failure: end.failure, next }
  }

  return async (routed) => {
    const body = deps.bodyOf(routed.chat)
    return makeTryInTurn(deps, (asked, now) => attempt(asked, now, body))(routed)
  }
}

/** Whether the provider is told a smaller cap than it would be if there were no budgets. */
function isClamped({ chat, standing }: Routed, { model }: Candidate, held: Held): boolean {
  const { maxOutputTokens } = chat
  const { settings } = standing.org.policy
  const unclamped = maxOutputTokens ?? Math.min(model.maxOutputTokens, settings.defaultMaxOutputTokens)
  return held.cap < unclamped
}
