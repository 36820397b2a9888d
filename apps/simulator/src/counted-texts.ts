import { LRUCache } from 'lru-cache'
import { type CountText, tokensOf } from './tokens.ts'

const remembered = 32 * 1024 * 1024
const worthRemembering = 64

/** A counter that remembers what it counted, up to 32 M characters: prompts repeat themselves. */
export function rememberingCounter(): CountText {
  const counts = new LRUCache<string, number>({
    maxSize: remembered,
    sizeCalculation: (_, text) => text.length,
  })
  return (text) => {
    if (text.length < worthRemembering) return tokensOf(text)
    const known = counts.get(text)
    if (known !== undefined) return known
    const tokens = tokensOf(text)
    counts.set(text, tokens)
    return tokens
  }
}
