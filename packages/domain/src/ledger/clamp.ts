import { outputThatFits, type NanoUsd, type Price } from '../price/index.ts'

/** What an attempt asks before anything is known about money. */
export type CapAsk = {
  /** Upper bound of the input tokens. */
  input: number
  /** Output cap of one choice. */
  cap: number
  choices: number
  /** The smallest cap that is still worth an answer. */
  least: number
}

/** Where the budget stands that has too little left. */
export type ShortBudget = {
  /** It would not fit even if every hold came back. */
  over: boolean
  used: NanoUsd
  held: NanoUsd
  limit: NanoUsd
}

/** `later`: what others hold may come back, and then the same request, clamped, would be let in. */
export type Clamped = { kind: 'smaller'; cap: number } | { kind: 'too-little'; fits: number; later: boolean }

/** Chains are short, and each refusal lowers the ask: more turns than this mean that others take what is left. */
export const mostClamps = 6

/** The cap with which an attempt gets past the budget that refused it, unless that is too little to be useful. */
export function clamp(ask: CapAsk, price: Price, short: ShortBudget): Clamped {
  const { input, cap, choices, least } = ask
  const capFor = (left: NanoUsd): number =>
    Math.floor((outputThatFits(input, price, left, cap * choices) ?? -1) / choices)
  const fits = capFor(short.limit - short.used - short.held)
  if (fits >= least && fits < cap) return { kind: 'smaller', cap: fits }
  const later = !short.over || capFor(short.limit - short.used) >= least
  return { kind: 'too-little', fits: Math.max(0, fits), later }
}
