import type { Marks } from '../marks.ts'
import { type Dice, prose } from '../prose.ts'
import { piecesOf, tokensOf } from '../tokens.ts'
import { sampleOf } from './sample-json.ts'

/** One part of an answer, cut into its output tokens. '' is a token that shows no text yet. */
export type AnswerPart =
  | { kind: 'reasoning' | 'text'; pieces: readonly string[] }
  /** A call of a tool; `pieces` are those of its arguments, and the name costs tokens too. */
  | { kind: 'tool'; id: string; name: string; nameTokens: number; pieces: readonly string[] }

/** What a model wrote: parts in their order, why it stopped, and how many tokens that was. */
export type Answer = {
  parts: readonly AnswerPart[]
  ended: 'stop' | 'stop-sequence' | 'length' | 'tool'
  /** The sequence that ended it. */
  stopSequence: string | null
  tokens: number
  reasoningTokens: number
}

/** What decides the answer besides the marks. */
export type Wish = {
  tools: readonly { name: string; schema?: unknown }[]
  /** Whether a tool is called, and which one when that was said. */
  calls: boolean
  forced?: string | undefined
  /** The schema that the text must follow, or `any` for any JSON. */
  json?: { schema: unknown } | 'any' | undefined
  /** Texts that end the answer before they are shown. */
  stops?: readonly string[]
  /** Whether it reasons before it answers. */
  reasons?: boolean
  /** Most output tokens of all parts together. */
  cap: number
}

/** Writes an answer, the same for the same dice. */
export function generate(wish: Wish, marks: Marks, dice: Dice): Answer {
  const reasoning = wish.reasons ? prose(dice, Math.min(8 + Math.floor(dice() * 9), wish.cap), true) : []
  const left = wish.cap - reasoning.length
  const rest = wish.calls ? toolCalls(wish, marks, dice, left) : stopped(text(wish, marks, dice, left), wish)
  const parts: AnswerPart[] = wish.reasons ? [{ kind: 'reasoning', pieces: reasoning }, ...rest.parts] : rest.parts
  const tokens = parts.reduce((sum, part) => sum + part.pieces.length + (part.kind === 'tool' ? part.nameTokens : 0), 0)
  const { ended, stopSequence = null } = rest
  return { parts, ended, stopSequence, tokens, reasoningTokens: reasoning.length }
}

type Rest = { parts: AnswerPart[]; ended: Answer['ended']; stopSequence?: string }

/** Ends a text at the first of its stop sequences: the tokens of the sequence were written, and are not shown. */
function stopped(rest: Rest, { stops = [] }: Wish): Rest {
  const pieces = rest.parts[0]?.pieces ?? []
  const said = pieces.join('')
  const found = stops
    .map((stop) => ({ stop, at: said.indexOf(stop) }))
    .filter(({ stop, at }) => stop !== '' && at >= 0)
    .toSorted((one, other) => one.at - other.at)[0]
  if (!found) return rest
  const kept: string[] = []
  let length = 0
  for (const piece of pieces) {
    if (length >= found.at + found.stop.length) break
    kept.push(piece.slice(0, Math.max(0, found.at - length)))
    length += piece.length
  }
  return { parts: [{ kind: 'text', pieces: kept }], ended: 'stop-sequence', stopSequence: found.stop }
}

/** The first tool, or the forced one; with `[[sim:tool=3]]` three calls, going round the tools. */
function toolCalls({ tools, forced, cap }: Wish, marks: Marks, dice: Dice, left: number): Rest {
  const first = Math.max(
    0,
    tools.findIndex(({ name }) => name === forced),
  )
  const parts: AnswerPart[] = []
  let room = left
  for (let index = 0; index < (marks.tool ?? 1); index += 1) {
    const tool = tools[(first + index) % tools.length]
    const name = tool?.name ?? ''
    const nameTokens = tokensOf(name)
    // A name that does not fit is not begun; nothing of it could be shown.
    if (nameTokens > room) return { parts: parts.length > 0 ? parts : [silence(Math.min(cap, room))], ended: 'length' }
    const all = piecesOf(JSON.stringify(sampleOf(tool?.schema ?? { type: 'object' }, dice)))
    const pieces = all.slice(0, room - nameTokens)
    const id = Array.from({ length: 24 }, () => Math.floor(dice() * 36).toString(36)).join('')
    parts.push({ kind: 'tool', id, name, nameTokens, pieces })
    if (pieces.length < all.length) return { parts, ended: 'length' }
    room -= nameTokens + pieces.length
  }
  return { parts, ended: 'tool' }
}

const silence = (tokens: number): AnswerPart => ({ kind: 'text', pieces: Array<string>(tokens).fill('') })

function text(wish: Wish, marks: Marks, dice: Dice, cap: number): Rest {
  if (marks.worst) return ofPieces(prose(dice, cap, false), 'length')
  const said = marks.say ?? jsonAnswer(wish, dice)
  if (said !== undefined) {
    const pieces = piecesOf(said)
    return ofPieces(pieces.slice(0, cap), pieces.length > cap ? 'length' : 'stop')
  }
  const wanted = marks.tokens ?? 20 + Math.floor(dice() * 41)
  const ended = wanted <= cap
  return ofPieces(prose(dice, Math.min(wanted, cap), ended), ended ? 'stop' : 'length')
}

const ofPieces = (pieces: readonly string[], ended: 'stop' | 'length'): Rest => ({
  parts: [{ kind: 'text', pieces }],
  ended,
})

function jsonAnswer({ json }: Wish, dice: Dice): string | undefined {
  if (json === undefined) return undefined
  if (json === 'any') return JSON.stringify({ answer: prose(dice, 12, true).join('') })
  return JSON.stringify(sampleOf(json.schema, dice))
}
