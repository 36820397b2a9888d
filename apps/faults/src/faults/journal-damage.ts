import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Chance } from '../chance.ts'

/** How a file is harmed: the last record is torn, or one bit of some record is turned. */
export type Damage = 'torn' | 'bit'

/** What a journal says an attempt cost, in nano-USD, before the place where it was damaged. */
export type Noted = { attemptId: string; amount: bigint }

/** Harms the newest segment below `folder` that has records, and gives what is still readable of all of them. */
export function damageJournal(folder: string, damage: Damage, chance: Chance): Noted[] {
  const segments = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.journal'))
    .map((name) => ({ path: join(folder, name), bytes: readFileSync(join(folder, name)) }))
    .filter(({ bytes }) => bytes.length > 0)
  const segment = segments.toSorted((a, b) => a.path.localeCompare(b.path)).at(-1)
  if (!segment) throw new Error(`There is no journal in ${folder}`)
  const frames = framesOf(segment.bytes)
  const at = damage === 'torn' ? frames.length - 1 : chance.whole(Math.floor(frames.length / 2), frames.length - 1)
  const frame = frames[at]
  if (!frame) throw new Error('There is no record in the journal')
  if (damage === 'torn') writeFileSync(segment.path, segment.bytes.subarray(0, frame.end - 3))
  else {
    const harmed = Buffer.from(segment.bytes)
    const byte = chance.whole(frame.start, frame.end - 1)
    harmed[byte] = (harmed[byte] ?? 0) ^ (1 << chance.whole(0, 7))
    writeFileSync(segment.path, harmed)
  }
  const whole = segments.filter((each) => each !== segment).flatMap(({ bytes }) => framesOf(bytes))
  return [...whole, ...frames.slice(0, at)].flatMap(({ text }) => notedIn(text))
}

type Frame = { start: number; end: number; text: string }

/** A record has four bytes of length and four of its sum before it (apps/proxy/src/money/journal/frame.ts). */
function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = []
  for (let start = 0; start + 8 <= bytes.length;) {
    const end = start + 8 + bytes.readUInt32BE(start)
    if (end > bytes.length) break
    frames.push({ start, end, text: bytes.toString('utf8', start + 8, end) })
    start = end
  }
  return frames
}

function notedIn(text: string): Noted[] {
  const record = JSON.parse(text) as { t: string; attemptId: string; amount: string }
  return record.t === 'result' ? [{ attemptId: record.attemptId, amount: BigInt(record.amount) }] : []
}
