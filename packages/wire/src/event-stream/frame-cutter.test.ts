import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FrameCutter, framesOf } from './index.ts'

/** The events of a stream that arrives in these chunks, and what is left over. */
function cut(chunks: readonly Buffer[]): { frames: string[]; rest: string } {
  const cutter = new FrameCutter()
  const frames: string[] = []
  for (const chunk of chunks) {
    const run = cutter.push(chunk)
    if (run === 'too-large') throw new Error('too large')
    if (run) frames.push(...framesOf(run).map(String))
  }
  return { frames, rest: String(cutter.rest()) }
}

/** The same bytes in chunks of random sizes. */
function recut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  let at = 0
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const line = fc.oneof(
  fc.constantFrom('', 'data: [DONE]', ': keepalive', 'data: {"text":"äö🙂"}', '\r'),
  fc.string().map((text) => `data: ${text.replaceAll('\n', '')}`),
)
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\n\n', '\r\n\r\n')))
  .map((lines) => Buffer.from(lines.flat().join('')))

it('gives the same events however the bytes are cut', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }), (bytes, sizes) => {
      expect(cut(recut(bytes, sizes))).toEqual(cut([bytes]))
    }),
  )
})

it('loses no byte', () => {
  fc.assert(
    fc.property(stream, (bytes) => {
      const { frames, rest } = cut(recut(bytes, [1]))
      expect(frames.join('') + rest).toBe(bytes.toString())
    }),
  )
})

it('passes a chunk of whole events on without copying it', () => {
  const chunk = Buffer.from('data: 1\n\ndata: 2\n\n')
  expect(new FrameCutter().push(chunk)).toBe(chunk)
})

it('gives up on an event larger than the cap, also when it comes in small pieces', () => {
  const cutter = new FrameCutter(100)
  expect(cutter.push(Buffer.from('data: 1\n\n'))?.toString()).toBe('data: 1\n\n')
  expect(cutter.push(Buffer.alloc(60, 'x'))).toBeUndefined()
  expect(cutter.push(Buffer.alloc(60, 'x'))).toBe('too-large')
})
