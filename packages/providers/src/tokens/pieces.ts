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

const letter = /\p{L}/u

/**
 * The text in slices of about `size` characters, cut only where an encoding would cut as well: before the single
 * space between a visible character and a letter. So the slices have as many tokens as the whole.
 */
export function* slicesOf(text: string, size: number): Generator<string> {
  let start = 0
  while (text.length - start > size) {
    const end = nextSeam(text, start + size)
    yield text.slice(start, end)
    start = end
  }
  yield text.slice(start)
}

function nextSeam(text: string, from: number): number {
  for (let at = text.indexOf(' ', from); at >= 0; at = text.indexOf(' ', at + 1)) {
    if (!isBlank(text.charCodeAt(at - 1)) && letter.test(text.charAt(at + 1))) return at
  }
  return text.length
}
