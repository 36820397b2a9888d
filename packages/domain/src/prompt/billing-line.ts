/**
 * What Claude Code writes in front of its system prompt: version and a checksum, other ones with each session or
 * request. Only words and values: a line with anything else in it could be an instruction, and is kept.
 */
const line = /^x-anthropic-billing-header:(?: ?[A-Za-z_]{1,40}=[\w.+/=-]{0,100};?)*[ \t]*(?:\r?\n|$)/

/** What a system prompt says without that line: a text, or a list of parts of which one begins with it. */
export function withoutBillingLine(system: unknown): unknown {
  if (typeof system === 'string') return system.replace(line, '')
  if (!Array.isArray(system)) return system
  return system.flatMap((part: unknown) => {
    const text = textOf(part)
    if (text === undefined) return [part]
    const left = text.replace(line, '')
    if (left === text) return [part]
    return left === '' ? [] : [{ ...(part as object), text: left }]
  })
}

function textOf(part: unknown): string | undefined {
  if (typeof part !== 'object' || part === null || !('text' in part)) return undefined
  return typeof part.text === 'string' ? part.text : undefined
}
