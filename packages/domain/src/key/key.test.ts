import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashKey, newKeyText, newestPepper, peppersText, publicIdOf, sameHash } from './index.ts'

describe('the text of a key', () => {
  it('is sk-gw- and 57 base62 characters, and names its public id', () => {
    const key = newKeyText(randomBytes)
    expect(key.text).toMatch(/^sk-gw-[0-9A-Za-z]{57}$/)
    expect([publicIdOf(key.text), key.last4]).toEqual([key.text.slice(6, 14), key.text.slice(-4)])
  })

  it('is recognised as mistyped when any one character changes', () => {
    const { text } = newKeyText(randomBytes)
    for (let i = 6; i < text.length; i += 1) {
      const other = text[i] === 'a' ? 'b' : 'a'
      expect(publicIdOf(text.slice(0, i) + other + text.slice(i + 1))).toBeUndefined()
    }
  })

  it('hashes differently under another pepper', () => {
    const peppers = peppersText.parse(`1:${randomBytes(32).toString('base64')},2:${randomBytes(32).toString('base64')}`)
    const { text } = newKeyText(randomBytes)
    expect(newestPepper(peppers)).toBe(2)
    expect(sameHash(hashKey(text, peppers, 1), hashKey(text, peppers, 1))).toBe(true)
    expect(sameHash(hashKey(text, peppers, 1), hashKey(text, peppers, 2))).toBe(false)
  })

  it('hashes as it always has, however often: HMAC-SHA-256 under the pepper, as lower-case hex', () => {
    const pepper = Buffer.from(Array.from({ length: 32 }, (_, i) => i))
    const peppers = peppersText.parse(`1:${pepper.toString('base64')}`)
    const hash = '4a906559c934fb686d31069a36e560bd334504bb0713007f11a11fb55262be80'
    expect([hashKey('sk-gw-example', peppers, 1), hashKey('sk-gw-example', peppers, 1)]).toEqual([hash, hash])
  })

  it('refuses a pepper shorter than 32 bytes', () => {
    expect(peppersText.safeParse(`1:${randomBytes(16).toString('base64')}`).success).toBe(false)
  })
})
