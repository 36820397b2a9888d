/** Unbroken runs longer than this are cut: byte-pair encoding takes time quadratic in their length. */
const runCap = 1_000

const isBlank = (code: number): boolean => code <= 32 || code === 0xa0 || code === 0x3000

/** The text in pieces in which no run of blank, or of other, characters is longer than the cap. */
export function* withoutLongRuns(text: string): Generator<string> {
  if (text.length <= runCap) {
    yield text
    return
  }
  let pieceStart = 0
  let runStart = 0
  let runIsBlank = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const blank = isBlank(code)
    const secondOfPair = code >= 0xdc00 && code <= 0xdfff
    if (blank !== runIsBlank) {
      runIsBlank = blank
      runStart = at
    } else if (at - runStart >= runCap && !secondOfPair) {
      yield text.slice(pieceStart, at)
      pieceStart = at
      runStart = at
    }
  }
  yield text.slice(pieceStart)
}

const letterOrDigit = /[\p{L}\p{N}]/u
/** Without a seam for so long, a text is cut anyway. */
const longestSlice = 65_536

/**
 * The text in slices of about `size` characters, cut where an encoding cuts as well: before a space that follows
 * something visible, and before a line break that follows a letter or digit. So the slices have as many tokens as the
 * whole; only a text without any such place for very long is cut elsewhere, which adds tokens.
 */
export function* slicesOf(text: string, size: number): Generator<string> {
  let start = 0
  while (text.length - start > size) {
    const end = nextSeam(text, start + size, start + longestSlice)
    yield text.slice(start, end)
    start = end
  }
  yield text.slice(start)
}

function nextSeam(text: string, from: number, atMost: number): number {
  const last = Math.min(text.length, atMost)
  for (let at = from; at < last; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x20 && !isBlank(text.charCodeAt(at - 1))) return at
    if (code === 0x0a && letterOrDigit.test(text.charAt(at - 1))) return at
  }
  // Never between the two halves of one character.
  const secondOfPair = last < text.length && text.charCodeAt(last) >= 0xdc00 && text.charCodeAt(last) <= 0xdfff
  return secondOfPair ? last + 1 : last
}
