const quote = 0x22
const backslash = 0x5c

/**
 * Counts the colons outside strings and the deepest nesting, without judging the syntax. Strings are skipped with
 * `indexOf`, so that a long prompt costs little.
 */
export function scan(text: string): { depth: number; colons: number } {
  let depth = 0
  let deepest = 0
  let colons = 0
  const end = text.length
  for (let at = 0; at < end; at += 1) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at)
        if (at < 0) return { depth: deepest, colons }
        break
      case 0x3a: // :
        colons += 1
        break
      case 0x7b: // {
      case 0x5b: // [
        depth += 1
        if (depth > deepest) deepest = depth
        break
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1
        break
      default:
    }
  }
  return { depth: deepest, colons }
}

/** Index of the quote that closes the string opened at `open`; −1 when it is never closed. */
export function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1)
  while (close >= 0) {
    let before = close - 1
    while (text.charCodeAt(before) === backslash) before -= 1
    if ((close - before) % 2 === 1) return close
    close = text.indexOf('"', close + 1)
  }
  return -1
}
