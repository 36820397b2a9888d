import type { ChatRequest, Dialect, UsageReport } from '@tollkeeper/domain/chat'
import { fail } from '@tollkeeper/domain/failure'
import type { PolicyProvider } from '@tollkeeper/domain/policy'
import { usdText, type TokenCounts } from '@tollkeeper/domain/price'
import type { Answered as WholeReply, CallOptions, Outcome, Streaming, Unanswered } from '@tollkeeper/providers'
import type { StreamCodec, StreamOptions, UpstreamBody, WholeAnswer } from '@tollkeeper/wire/dialect'
import { breakerIdOf } from '../../breakers/breaker-id.ts'
import type { Places } from '../../concurrency/places.ts'
import type { Standing } from '../../standing/standing.ts'
import { step, type Answered, type Candidate, type Routed } from '../exchange.ts'
import { chargeOfHold, chargeOfTokens, isPlausible, noCharge } from './charge.ts'
import { makeEstimate, type EstimateDeps } from './estimate.ts'
import { Relay, type StreamEnd } from './relay.ts'
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
  whole(body: Buffer, as: CallOptions): Promise<Outcome<WholeReply>>
  /** `withinMs`: until its head. */
  stream(body: Buffer, as: CallOptions): Promise<Outcome<Streaming>>
  /** The bytes to send, with the cap that the hold pays for. */
  render(body: UpstreamBody, candidate: Candidate, asked: { cap: number; field: string }): Buffer
}

/** A provider's whole answer, with the tokens it is charged for. */
export type WholeToTell = { bytes: Buffer; answer: WholeAnswer; tokens: TokenCounts; atMs: number }

/** How a caller and a provider understand each other, each in its own dialect. */
export type Interpreter = {
  /** The request as the provider is asked: itself, or a translation. @throws Failure when it cannot be translated */
  asSent: (chat: ChatRequest, provider: PolicyProvider) => ChatRequest
  bodyOf: (sent: ChatRequest) => UpstreamBody
  readAnswer: (body: Buffer, from: Dialect) => WholeAnswer | undefined
  /** The provider's bytes, or its answer in the words of the caller. */
  wholeFor: (caller: Dialect, from: Dialect, reply: WholeToTell) => Buffer
  streamFor: (caller: Dialect, from: Dialect, options: StreamOptions) => StreamCodec
}

export type AnswerDeps = TakeSliceDeps &
  TakeCeilingDeps &
  SettleDeps &
  TryInTurnDeps &
  EstimateDeps & {
    interpreter: Interpreter
    /** @throws Failure when the credential cannot be opened */
    callerOf: (standing: Standing, provider: PolicyProvider, dialect: Dialect) => ChatCaller
    relays: Relays
    /** Places at each provider. */
    providerPlaces: Places
    /** Hears what came of a call: its headers may state the provider's limits. */
    hear: (standing: Standing, candidate: Candidate, outcome: Outcome<WholeReply | Streaming>) => void
  }

/** A request as one provider is asked it, with its body. */
type Said = { provider: PolicyProvider; chat: ChatRequest; body: UpstreamBody }

/** One attempt that was held and is under way. Its `routed.chat` is the request as it was sent. */
type Attempt = { routed: Routed; candidate: Candidate; held: Held; body: UpstreamBody; decide: Try['decide'] }

/** Bytes per token, for what a caller is told before anybody knows. */
const usualTokenBytes = 4

/**
 * Asks a provider: hold → clamp → send → settle, per attempt. No byte goes out without its own hold over the whole
 * chain, and what goes out is clamped to what that hold pays (decisions.md 3, 4).
 *
 * @throws Failure; whatever was held is settled or given back
 */
export function makeAnswer(deps: AnswerDeps): Answer {
  const takeHold = makeTakeHoldUnderCeiling(deps, makeTakeHoldOrSlice(deps, makeTakeHold(deps)))
  const settle = makeSettleAttempt(deps)
  const { interpreter } = deps
  const estimate = makeEstimate(deps)

  function say(asked: ChatRequest, provider: PolicyProvider): Said {
    const chat = interpreter.asSent(asked, provider)
    return { provider, chat, body: interpreter.bodyOf(chat) }
  }

  async function attempt(asked: Routed, now: Try, { chat, body }: Said): Promise<Answered | Lost> {
    const { candidate } = now
    const routed = chat === asked.chat ? asked : { ...asked, chat }
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

  async function attemptInPlace(routed: Routed, now: Try, body: UpstreamBody): Promise<Answered | Lost> {
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
    const running: Attempt = { routed, candidate, held, body, decide }
    const passed = chat.dialect === journey.dialect ? { headers: routed.passedHeaders } : undefined
    const as = { id: held.attemptId, withinMs: now.withinMs, ...passed }
    if (chat.stream) return streamed(running, await caller.stream(bytes, as))
    return whole(running, await caller.whole(bytes, as))
  }

  async function callerOrRelease(routed: Routed, candidate: Candidate, held: Held): Promise<ChatCaller> {
    const { standing, client } = routed
    try {
      if (client.gone()) throw fail('client_left', undefined)
      return deps.callerOf(standing, candidate.provider, routed.chat.dialect)
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
    const answer = interpreter.readAnswer(outcome.body, chat.dialect)
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
    const body = interpreter.wholeFor(journey.dialect, chat.dialect, {
      bytes: outcome.body,
      answer,
      tokens: bill.tokens,
      atMs: journey.atMs,
    })
    return { ...routed, candidate, kind: 'whole', body, bill }
  }

  async function streamed(running: Attempt, outcome: Outcome<Streaming>): Promise<Answered | Lost> {
    const { routed, candidate, held, body } = running
    step(routed.journey, 'head', deps.monotonic())
    deps.hear(routed.standing, candidate, outcome)
    if (outcome.kind !== 'streaming') return unanswered(running, outcome)
    const { journey, chat } = routed
    journey.legs.push({ provider: candidate.provider.name, end: 'ok' })
    const codec = interpreter.streamFor(journey.dialect, chat.dialect, {
      wantsUsage: chat.wantsUsage,
      inputTokens: held.exact ? held.input : Math.ceil(body.bytes / usualTokenBytes),
      atMs: journey.atMs,
      costUsd: (report) => costTold(report, candidate),
    })
    const relay = new Relay(outcome.stream, {
      codec,
      provider: candidate.provider.name,
      deadlineAt: journey.deadlineAt,
      relays: deps.relays,
      monotonic: deps.monotonic,
      settle: (end) => settleStream(running, end).finally(() => routed.turn.end()),
      onProgress: (events) => noteProgress(running, events),
      onFirstByte: () => {
        step(journey, 'first byte', deps.monotonic())
        journey.firstByteMs = journey.timeline.at(-1)?.ms ?? null
      },
      onDefect: deps.record.defect,
      chargedOf: ({ tokens, amount }) => ({ tokens, costUsd: usdText(amount) }),
    })
    return { ...routed, candidate, kind: 'stream', relay, estimate: billOf(held, { amount: held.amount, tokens: {} }) }
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
    if (end.failure?.code === 'upstream_broke') {
      const breaker = breakerIdOf(routed.standing.record.scopes.orgId, candidate)
      deps.breakers?.ended(breaker, { owner: held.attemptId, isCanary: false }, { provider: 'ill', limitedMs: 0 })
    }
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
      // The call may have gone on for others who listen.
      status: end.clientLeft || routed.client.gone() ? 499 : 200,
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
      status: deps.statusOf(end.failure, routed.journey.dialect),
      failure: end.failure.code,
    })
    return { kind: 'lost', failure: end.failure, next }
  }

  return async (routed) => {
    // The same provider may be asked again, with the same words.
    let said: Said | undefined
    const saidTo = (provider: PolicyProvider) =>
      said?.provider === provider ? said : (said = say(routed.chat, provider))
    return makeTryInTurn(deps, (asked, now) => attempt(asked, now, saidTo(now.candidate.provider)))(routed)
  }
}

/** Cost of a report as a client is told it on the way; undefined when the report cannot be believed. */
const costTold = (report: UsageReport, { price }: Candidate): string | undefined =>
  isPlausible(report, () => false) ? usdText(chargeOfTokens(report.tokens, price, 'reported').amount) : undefined

/** Whether the provider is told a smaller cap than it would be if there were no budgets. */
function isClamped({ chat, standing }: Routed, { model }: Candidate, held: Held): boolean {
  const { maxOutputTokens } = chat
  const { settings } = standing.org.policy
  const unclamped = maxOutputTokens ?? Math.min(model.maxOutputTokens, settings.defaultMaxOutputTokens)
  return held.cap < unclamped
}
