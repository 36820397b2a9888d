import type { ChatRequest } from '../chat/index.ts'
import { withoutBillingLine } from './billing-line.ts'
import { canonicalJson, writeCanonicalJson, writeList, type Write } from './canonical-json.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * What a request says about itself and no answer depends on. Every field that is not named here counts, also those that
 * nobody knows yet.
 */
const saysNothing: ReadonlySet<string> = new Set([
  // Who asks, for the provider's watch on abuse and for labels.
  'user',
  'metadata',
  'safety_identifier',
  // How the answer is sent, not what it says.
  'stream',
  'stream_options',
  // Meant for us: raises what limits on tokens take.
  'requestedTokens',
])

/** Lists whose order means nothing: one program may list the same tools in another order than the next. */
const unordered: ReadonlySet<string> = new Set(['tools', 'functions'])

/** What the system says, where a dialect has it beside the messages. */
const systemFields: ReadonlySet<string> = new Set(['system', 'instructions'])
const systemRoles: ReadonlySet<unknown> = new Set(['system', 'developer'])

/** Fields of a prefix, besides the messages. */
const prefixFields = ['functions', 'instructions', 'system', 'tools']

/**
 * Writes everything of a request that its answer depends on, in one order: keys and tools sorted, messages and their
 * text untouched. Only for comparing and hashing; it is never sent.
 */
export function writeCanonicalPrompt({ body }: Pick<ChatRequest, 'body'>, write: Write): void {
  const names = Object.keys(body).filter((name) => !saysNothing.has(name))
  writeFields(body, names.toSorted(), write)
}

/**
 * Writes the part of a request that stays the same while a conversation goes on, and that its provider can keep: model,
 * tools and what the system says before anybody else speaks.
 */
export function writeCanonicalPrefix({ body, model }: Pick<ChatRequest, 'body' | 'model'>, write: Write): void {
  write(JSON.stringify(model))
  writeFields(body, prefixFields, write)
  const { messages } = body
  if (!Array.isArray(messages)) return
  const first = messages.findIndex((message) => !speaksForSystem(message))
  writeList(first < 0 ? messages : messages.slice(0, first), write, writeMessage)
}

function writeFields(body: Fields, names: readonly string[], write: Write): void {
  let separator = '{'
  for (const name of names) {
    const value = body[name]
    if (value === undefined) continue
    write(`${separator}${JSON.stringify(name)}:`)
    separator = ','
    if (name === 'messages' && Array.isArray(value)) writeList<unknown>(value, write, writeMessage)
    else if (unordered.has(name) && Array.isArray(value)) write(`[${sortedTools(value).join(',')}]`)
    else writeCanonicalJson(systemFields.has(name) ? withoutBillingLine(value) : value, write)
  }
  write(separator === '{' ? '{}' : '}')
}

const speaksForSystem = (message: unknown): message is Fields =>
  typeof message === 'object' && message !== null && systemRoles.has((message as Fields)['role'])

function writeMessage(message: unknown, write: Write): void {
  if (!speaksForSystem(message)) return writeCanonicalJson(message, write)
  writeCanonicalJson({ ...message, content: withoutBillingLine(message['content']) }, write)
}

/** By name, and equal names by all they say. */
function sortedTools(tools: readonly unknown[]): string[] {
  return tools
    .map((tool) => ({ name: nameOf(tool), text: canonicalJson(tool) }))
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.text, b.text))
    .map(({ text }) => text)
}

function nameOf(tool: unknown): string {
  const { function: inner, name } = (tool ?? {}) as { function?: { name?: unknown } | null; name?: unknown }
  const found = inner?.name ?? name
  return typeof found === 'string' ? found : ''
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
