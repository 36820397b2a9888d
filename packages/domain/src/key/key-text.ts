import { crc32 } from 'node:zlib'
import { base62 } from '../id/index.ts'

/** `sk-gw-` + 8 characters of public id + 43 of secret (256 bits) + 6 of checksum, all base62 (design.md 10). */
export const keyPattern = /^sk-gw-([0-9A-Za-z]{8})([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function checksumOf(body: string): string {
  let value = crc32(body)
  let text = ''
  for (let i = 0; i < 6; i += 1) {
    text = digits.charAt(value % 62) + text
    value = Math.floor(value / 62)
  }
  return text
}

/** A new key's whole text. It exists once, in the answer that creates it. `random(n)` gives n random bytes. */
export function newKeyText(random: (count: number) => Uint8Array): { text: string; publicId: string; last4: string } {
  const publicId = base62(8, random)
  const body = publicId + base62(43, random)
  const text = `sk-gw-${body}${checksumOf(body)}`
  return { text, publicId, last4: text.slice(-4) }
}

/** Reads the public id out of a key's text; undefined when the form or checksum is wrong, without a look-up. */
export function publicIdOf(text: string): string | undefined {
  const match = keyPattern.exec(text)
  if (!match) return undefined
  const [, publicId = '', secret = '', checksum] = match
  return checksumOf(publicId + secret) === checksum ? publicId : undefined
}
