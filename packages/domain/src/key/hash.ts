import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto'
import { z } from 'zod'

/** Peppers by version; the newest one hashes new keys, older ones still check old keys. */
export type Peppers = ReadonlyMap<number, Buffer>

/** `1:<base64>,2:<base64>`: the form of the environment variable KEY_PEPPERS; each pepper at least 32 bytes. */
export const peppersText = z.string().transform((text, context): Peppers => {
  const peppers = new Map<number, Buffer>()
  for (const part of text.split(',')) {
    const match = /^(\d{1,6}):([A-Za-z0-9+/=]+)$/.exec(part.trim())
    const pepper = match ? Buffer.from(match[2] ?? '', 'base64') : undefined
    if (!match || !pepper || pepper.length < 32) {
      context.addIssue({
        code: 'custom',
        message: 'expected <version>:<base64 of at least 32 bytes>, separated by commas',
      })
      return z.NEVER
    }
    peppers.set(Number(match[1]), pepper)
  }
  return peppers
})

export const newestPepper = (peppers: Peppers): number => Math.max(...peppers.keys())

/**
 * Keyed hash of a key's text as lower-case hex. A key has 256 random bits, so a fast hash is enough; the pepper, kept
 * outside the database, makes a dump useless (security.md T-KEY-STORE). Throws when the version is unknown.
 */
export function hashKey(text: string, peppers: Peppers, version: number): string {
  const pepper = peppers.get(version)
  if (!pepper) throw new Error(`No key pepper of version ${version} is configured`)
  return createHmac('sha256', keyObjectOf(pepper)).update(text).digest('hex')
}

// Making one costs several times what a hash does.
const keyObjects = new WeakMap<Buffer, KeyObject>()

function keyObjectOf(pepper: Buffer): KeyObject {
  const there = keyObjects.get(pepper)
  if (there) return there
  const made = createSecretKey(pepper)
  keyObjects.set(pepper, made)
  return made
}

/** Whether two hex hashes are equal, in constant time. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a, 'hex')
  const right = Buffer.from(b, 'hex')
  return left.length === right.length && timingSafeEqual(left, right)
}
