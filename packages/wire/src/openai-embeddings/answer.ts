import type { WholeAnswer } from '../dialect/wire-dialect.ts'
import { untranslatable } from '../dialect/untranslatable.ts'
import { isGiven, isObject, type Fields } from '../field.ts'
import { readUsage } from '../openai-chat/usage.ts'

const usageKey = Buffer.from('"usage"')

/**
 * Reads what the gateway needs of a list of vectors; undefined when it is none. The vectors may be megabytes and are not
 * looked at: usage stands behind them, and numbers and base64 cannot look like its key.
 */
export function readVectors(bytes: Buffer): WholeAnswer | undefined {
  const at = bytes.lastIndexOf(usageKey)
  const tail = at < 0 ? undefined : parsed(`{${bytes.toString('utf8', at)}`)
  const body = tail && bytes.indexOf('"data"') >= 0 && bytes.indexOf('"data"') < at ? tail : listIn(bytes)
  if (!body) return undefined
  return {
    usage: usageOf(body['usage']),
    texts: () => [],
    answer: () => {
      throw untranslatable('embeddings', 'model')
    },
  }
}

function listIn(bytes: Buffer): Fields | undefined {
  const body = parsed(bytes.toString('utf8'))
  return body && Array.isArray(body['data']) ? body : undefined
}

/** Only input is used, so only input is told. */
const usageOf = (raw: unknown) =>
  isObject(raw) && isGiven(raw['prompt_tokens']) ? readUsage({ ...raw, completion_tokens: 0 }) : readUsage(raw)

function parsed(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
