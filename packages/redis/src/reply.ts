import type { NanoUsd } from '@tollkeeper/domain/price'

/** Redis answered something that no version of our scripts answers. Never guessed at: money hangs on it. */
export class UnexpectedReply extends Error {
  constructor(script: string, reply: unknown) {
    super(`Unexpected reply of ${script}: ${JSON.stringify(reply)}`)
    this.name = 'UnexpectedReply'
  }
}

/** Reads the values of one script reply, and throws UnexpectedReply for anything that is not as declared. */
export type ReplyReader = {
  /** First value: which of the script's answers this is. */
  readonly kind: string
  text: (index: number) => string
  /** Whole number that fits a double. */
  count: (index: number) => number
  nano: (index: number) => NanoUsd
  /** To be thrown for a `kind` the caller does not know. */
  unexpected: () => UnexpectedReply
}

/** `size`: values that each kind of answer has, its name included. */
export function readReply(script: string, reply: unknown, size: Readonly<Record<string, number>>): ReplyReader {
  const unexpected = () => new UnexpectedReply(script, reply)
  if (!Array.isArray(reply)) throw unexpected()
  const values: readonly unknown[] = reply
  const kind = values[0]
  if (typeof kind !== 'string' || !Object.hasOwn(size, kind) || values.length !== size[kind]) throw unexpected()
  const text = (index: number): string => {
    const value = values[index]
    if (typeof value !== 'string') throw unexpected()
    return value
  }
  return {
    kind,
    text,
    count(index) {
      const value = values[index]
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value
      if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value)
      throw unexpected()
    },
    nano(index) {
      const value = text(index)
      if (!/^\d{1,19}$/.test(value)) throw unexpected()
      return BigInt(value)
    },
    unexpected,
  }
}
