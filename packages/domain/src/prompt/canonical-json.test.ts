import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

describe('canonical JSON', () => {
  it('sorts keys at every depth, and nothing else', () => {
    expect(canonicalJson({ b: [3, 1, { z: null, a: 'é\n' }], a: 1.5, c: undefined })).toBe(
      '{"a":1.5,"b":[3,1,{"a":"é\\n","z":null}]}',
    )
  })

  it('of its own value is the same text, and its value is the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = canonicalJson(value)
        const read: unknown = JSON.parse(text)
        expect(canonicalJson(read)).toBe(text)
        expect(read).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})
