import { endOfString } from './scan.ts'

/**
 * Says where a text stops being one strict JSON document: "unexpected character at position 17". Positions count
 * characters from 0. Never repeats the content. Runs only for a text that was already refused.
 */
export function firstFault(text: string): string {
  const reader = new Reader(text)
  try {
    reader.document()
  } catch (fault) {
    if (fault instanceof Fault) return fault.message
    throw fault
  }
  return 'it is malformed'
}

class Fault extends Error {}

const literals = ['true', 'false', 'null']
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const escapePattern = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/** A strict recursive reader; the depth of its text was limited beforehand. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): void {
    this.#space()
    this.#value()
    this.#space()
    if (this.#at < this.#text.length) this.#unexpected()
  }

  #value(): void {
    const character = this.#text[this.#at]
    if (character === '{') return this.#object()
    if (character === '[') return this.#array()
    if (character === '"') return void this.#string()
    const literal = literals.find((each) => this.#text.startsWith(each, this.#at))
    if (literal) {
      this.#at += literal.length
      return
    }
    this.#match(numberPattern)
  }

  #object(): void {
    const keys = new Set<string>()
    this.#at += 1
    this.#space()
    if (this.#took('}')) return
    do {
      this.#space()
      const start = this.#at
      if (this.#text[this.#at] !== '"') this.#unexpected()
      const key = JSON.parse(this.#string()) as string
      if (keys.has(key)) throw new Fault(`the key at position ${start} is there twice`)
      keys.add(key)
      this.#space()
      if (!this.#took(':')) this.#unexpected()
      this.#space()
      this.#value()
      this.#space()
    } while (this.#took(','))
    if (!this.#took('}')) this.#unexpected()
  }

  #array(): void {
    this.#at += 1
    this.#space()
    if (this.#took(']')) return
    do {
      this.#space()
      this.#value()
      this.#space()
    } while (this.#took(','))
    if (!this.#took(']')) this.#unexpected()
  }

  #string(): string {
    const start = this.#at
    const end = endOfString(this.#text, start)
    if (end < 0) throw new Fault('it ends inside a string')
    this.#at = start + 1
    while (this.#at < end) {
      const code = this.#text.charCodeAt(this.#at)
      if (code < 0x20) this.#unexpected()
      if (code === 0x5c) this.#match(escapePattern)
      else this.#at += 1
    }
    this.#at = end + 1
    return this.#text.slice(start, this.#at)
  }

  #match(pattern: RegExp): void {
    pattern.lastIndex = this.#at
    if (!pattern.test(this.#text)) this.#unexpected()
    this.#at = pattern.lastIndex
  }

  #took(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at += 1
    }
  }

  #unexpected(): never {
    if (this.#at >= this.#text.length) throw new Fault('it ends too early')
    throw new Fault(`unexpected character at position ${this.#at}`)
  }
}
