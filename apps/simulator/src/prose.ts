/**
 * Pseudo-prose, the same for the same seed. Every word below is one o200k_base token with its
 * leading blank, and so is a full stop, so the number of words is the number of tokens.
 */
const openers = words('The A This That Each Every Our One Another')
const adjectives = words(
  'new old small large quiet early late simple clear careful steady plain short long warm cold bright strong open common recent local daily weekly single whole first last final',
)
const nouns = words(
  'river garden window letter morning evening street market bridge table paper question answer reason result report number pattern signal message request system engine budget ledger account record session station harbor island mountain forest village kitchen library teacher student driver doctor keeper reader writer painter engineer',
)
const verbs = words(
  'follows carries finds keeps opens closes crosses reaches holds turns moves shows tells brings leaves counts sends takes gives needs meets starts ends',
)
const joints = words(
  'near under over beside behind before after through across around between within without above below along with while because when where',
)
const determiners = words('the a this that each every our their another some')
const closers = words('again too slowly quickly often always still already together away home tomorrow')

/** A stream of numbers from 0 to 1 (1 excluded) that depends on the seed alone. */
export type Dice = () => number

/** Dice from a text: FNV-1a for the seed, mulberry32 for the sequence. */
export function diceOf(seed: string): Dice {
  let state = 0x811c9dc5
  for (let at = 0; at < seed.length; at += 1) state = Math.imul(state ^ seed.charCodeAt(at), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Exactly `tokens` pieces of prose, one token each. An ended text closes with a full stop. */
export function prose(dice: Dice, tokens: number, ended: boolean): string[] {
  const pieces: string[] = []
  while (pieces.length < tokens) pieces.push(...sentence(dice))
  pieces.length = tokens
  if (tokens > 0) pieces[0] = (pieces[0] ?? '').trimStart()
  if (ended && tokens > 1) {
    if (pieces[tokens - 2] === '.') pieces[tokens - 2] = pick(dice, closers)
    pieces[tokens - 1] = '.'
  }
  return pieces
}

function sentence(dice: Dice): string[] {
  const clause = [pick(dice, adjectives), pick(dice, nouns), pick(dice, verbs), pick(dice, determiners)]
  const object = [pick(dice, adjectives), pick(dice, nouns)]
  const tail = dice() < 0.5 ? [pick(dice, joints), pick(dice, determiners), pick(dice, nouns)] : [pick(dice, closers)]
  return [pick(dice, openers), ...clause, ...object, ...tail, '.']
}

function pick(dice: Dice, from: readonly string[]): string {
  return from[Math.floor(dice() * from.length)] ?? ' the'
}

function words(list: string): string[] {
  return list.split(' ').map((word) => ` ${word}`)
}
