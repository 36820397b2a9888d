import { isAscii, isUtf8 } from 'node:buffer'
import { fail, type Failure } from '@tollkeeper/domain/failure'
import { firstFault } from './first-fault.ts'
import { scan } from './scan.ts'
import { walk } from './walk.ts'

/** Deeper bodies are refused before anything recursive sees them (faults.md 6). */
export const maxDepth = 64

const invalid = (why: string): Failure => fail('invalid_json', { why })

/**
 * Reads one JSON document strictly: valid UTF-8 without a byte order mark, at most `maxDepth` levels, no key twice in
 * one object (parsers differ on which one counts, and one of them may be about money), no key that reaches a
 * prototype, no number that a double cannot hold. Costs one scan and one walk on top of `JSON.parse`.
 *
 * @throws Failure `invalid_json` or `too_deep`, which says where but never repeats the content
 */
export function readJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw invalid('it is empty')
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw invalid('it begins with a byte order mark')
  const text = textOf(bytes)
  const scanned = scan(text)
  if (scanned.depth > maxDepth) throw fail('too_deep', { limit: maxDepth })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid(firstFault(text))
  }
  const walked = walk(value)
  if (walked.problem !== undefined) throw invalid(walked.problem)
  // Every colon outside strings belongs to one key of the text, so a key that is missing in the value came twice.
  if (walked.keys !== scanned.colons) throw invalid(firstFault(text))
  return value
}

function textOf(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  if (!isUtf8(bytes)) throw invalid('it is not valid UTF-8')
  return bytes.toString('utf8')
}
