import type { ThinkingPart } from '@tollkeeper/domain/chat'
import { isObject, textOr } from '../field.ts'

const mark = 'gw1.'

/**
 * Thoughts of another maker in the place where this dialect carries sealed reasoning, so that the caller brings them back
 * with their signature. Not secret: the caller has read them.
 */
export const sealed = ({ text, signature }: ThinkingPart): string =>
  mark + Buffer.from(JSON.stringify({ text, signature })).toString('base64url')

/** Those thoughts again; undefined for the reasoning of others. */
export function unsealed(content: unknown): ThinkingPart | undefined {
  if (typeof content !== 'string' || !content.startsWith(mark)) return undefined
  try {
    const read: unknown = JSON.parse(Buffer.from(content.slice(mark.length), 'base64url').toString('utf8'))
    if (!isObject(read)) return undefined
    const { text, signature } = read
    return { kind: 'thinking', text: textOr(text), signature: typeof signature === 'string' ? signature : null }
  } catch {
    return undefined
  }
}
