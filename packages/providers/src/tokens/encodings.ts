import type { TokenEncoding } from '@tollkeeper/domain/policy'
import { slicesOf, withoutLongRuns } from './pieces.ts'

/** Counts the tokens of a text; for 'bytes', its UTF-8 bytes, since a token of a byte-level encoding covers at least one. */
export type CountText = (text: string) => number

const bytes: CountText = (text) => Buffer.byteLength(text)

// Text that looks like a special token is text; by default the library throws on it.
const asText = { disallowedSpecial: new Set<string>() }

const loading = new Map<TokenEncoding, Promise<CountText>>()
const loaded = new Map<TokenEncoding, CountText>([['bytes', bytes]])

async function load(encoding: TokenEncoding): Promise<CountText> {
  const { countTokens } =
    encoding === 'cl100k_base'
      ? await import('gpt-tokenizer/encoding/cl100k_base')
      : await import('gpt-tokenizer/encoding/o200k_base')
  const count: CountText = (text) => {
    let tokens = 0
    for (const piece of withoutLongRuns(text)) tokens += countTokens(piece, asText)
    return tokens
  }
  loaded.set(encoding, count)
  return count
}

/** Loads an encoding (0.3 s, 80 MB) unless it is there, so that `counterOf` has it. */
export function loadEncoding(encoding: TokenEncoding): Promise<CountText> {
  const ready = loaded.get(encoding)
  if (ready) return Promise.resolve(ready)
  let promise = loading.get(encoding)
  if (!promise) loading.set(encoding, (promise = load(encoding)))
  return promise
}

/** The counter of an encoding that is loaded, else undefined. */
export const counterOf = (encoding: TokenEncoding): CountText | undefined => loaded.get(encoding)

/**
 * Counts a text and lets other requests run in between: 16,000 characters take some milliseconds. Stops when there are
 * more than `enough` tokens.
 */
export async function countCalmly(text: string, count: CountText, enough: number): Promise<number> {
  let tokens = 0
  for (const slice of slicesOf(text, 16_384)) {
    tokens += count(slice)
    if (tokens > enough) break
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return tokens
}
