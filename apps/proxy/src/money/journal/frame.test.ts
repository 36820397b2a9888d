import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from './crc32c.ts'
import { frameOf, unframe } from './frame.ts'

const payloads = fc.array(fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }), { maxLength: 12 })

describe('the journal on the disk', () => {
  it('sums as RFC 3720 does', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa)
  })

  it('gives back what was written', () => {
    fc.assert(
      fc.property(payloads, (texts) => {
        const segment = Buffer.concat(texts.map(frameOf))
        expect(unframe(segment)).toEqual({ payloads: texts, damagedBytes: 0 })
      }),
    )
  })

  it('cut at any byte, gives every record that is whole and nothing else', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (texts, cut) => {
        const frames = texts.map(frameOf)
        const segment = Buffer.concat(frames)
        const kept = segment.subarray(0, segment.length === 0 ? 0 : cut % segment.length)
        let whole = 0
        for (let bytes = 0; whole < frames.length; whole += 1) {
          bytes += frames[whole]?.length ?? 0
          if (bytes > kept.length) break
        }
        expect(unframe(kept).payloads).toEqual(texts.slice(0, whole))
      }),
    )
  })

  it('with any bit flipped, gives every record before it and none from there on', () => {
    fc.assert(
      fc.property(
        payloads.filter((texts) => texts.length > 0),
        fc.nat(),
        (texts, where) => {
          const frames = texts.map(frameOf)
          const segment = Buffer.concat(frames)
          const bit = where % (segment.length * 8)
          const at = Math.floor(bit / 8)
          segment.writeUInt8(segment.readUInt8(at) ^ (1 << (bit % 8)), at)
          let before = 0
          for (let bytes = 0; before < frames.length; before += 1) {
            bytes += frames[before]?.length ?? 0
            if (bytes > at) break
          }
          expect(unframe(segment).payloads).toEqual(texts.slice(0, before))
        },
      ),
      { numRuns: 500 },
    )
  })
})
