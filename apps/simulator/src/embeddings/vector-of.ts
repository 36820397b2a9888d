import { diceOf } from '../prose.ts'

const placesPerWord = 16

/**
 * A unit vector of a text, the same for the same text and near for texts that share words: each word adds to places of
 * its own, by chance of the word alone.
 */
export function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  for (const word of ['', ...words]) {
    const dice = diceOf(word)
    // The empty word keeps a text without words off the origin.
    const weight = word === '' ? 0.25 : 1
    for (let place = 0; place < placesPerWord; place += 1) {
      const at = Math.floor(dice() * dimensions)
      vector[at] = (vector[at] ?? 0) + (dice() < 0.5 ? -weight : weight)
    }
  }
  const length = Math.hypot(...vector)
  return length === 0 ? vector.fill(1 / Math.sqrt(dimensions)) : vector.map((value) => value / length)
}
