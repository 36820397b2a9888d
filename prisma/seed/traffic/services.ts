import type { ServiceKind } from '../companies.ts'
import type { ModelName } from '../models.ts'
import { customerHours, isWeekend, momentOf, officeHours, type DayOf, type Turn } from './turn.ts'

/** Days before today on which the agent ran away (demo.md). */
export const runawayAgo = 28

/** A day of a service. */
export function serviceDay(kind: ServiceKind, of: DayOf): Turn[] {
  switch (kind) {
    case 'support-bot':
      return supportBot(of)
    case 'nightly-batch':
      return nightlyBatch(of)
    case 'pipeline':
      return pipeline(of)
    case 'agent':
      return of.ago === runawayAgo ? runawayAgent(of) : agent(of)
    case 'assistant':
      return assistant(of)
    case 'unused':
      return []
  }
}

/** Short and alike, all week, mostly in the evening: the instructions come from the provider's cache. */
function supportBot(of: DayOf): Turn[] {
  const { random } = of
  return several(isWeekend(of) ? [80, 130] : [55, 95], of, () => ({
    ...shape(of, 'claude-haiku-4-5', 'ai-sdk/openai-compatible/2.1.0', 1_024),
    atMs: momentOf(of, customerHours),
    tokens: { inputUncached: random.whole(120, 900), inputCacheRead: 2_400, outputText: random.whole(60, 420) },
  }))
}

/** Large inputs at night, one after the other. */
function nightlyBatch(of: DayOf): Turn[] {
  const { random } = of
  let atMs = of.day.startMs + 2 * 3_600_000
  return several([34, 52], of, () => {
    atMs += random.whole(6_000, 32_000)
    return {
      ...shape(of, 'gpt-5-mini', 'OpenAI/Python 2.31.0', 8_192, false),
      atMs,
      tokens: { inputUncached: random.whole(18_000, 90_000), outputText: random.whole(700, 5_200) },
    }
  })
}

function pipeline(of: DayOf): Turn[] {
  const { random } = of
  return several(isWeekend(of) ? [0, 4] : [14, 32], of, () => ({
    ...shape(of, random.chance(0.8) ? 'gpt-5-mini' : 'claude-sonnet-4-6', 'OpenAI/Python 2.31.0', 4_096, false),
    atMs: momentOf(of, officeHours),
    tokens: { inputUncached: random.whole(2_000, 24_000), outputText: random.whole(150, 1_800) },
  }))
}

function assistant(of: DayOf): Turn[] {
  const { random } = of
  return several(isWeekend(of) ? [3, 9] : [12, 26], of, () => ({
    ...shape(of, random.chance(0.6) ? 'gpt-4o-mini' : 'gpt-4o', 'OpenAI/JS 6.49.0', 2_048),
    atMs: momentOf(of, customerHours),
    tokens: {
      inputUncached: random.whole(400, 3_800),
      inputCacheRead: random.chance(0.5) ? 1_024 : 0,
      outputText: random.whole(80, 700),
    },
  }))
}

function agent(of: DayOf): Turn[] {
  return several(isWeekend(of) ? [0, 3] : [6, 16], of, () => ({ ...research(of), atMs: momentOf(of, officeHours) }))
}

/** Every few seconds the same thing again, until its budget says no. */
function runawayAgent(of: DayOf): Turn[] {
  let atMs = of.day.startMs + 14.2 * 3_600_000
  return several([520, 520], of, () => {
    atMs += of.random.whole(9_000, 21_000)
    return { ...research(of), atMs }
  })
}

function research(of: DayOf): Omit<Turn, 'atMs'> {
  const { random } = of
  return {
    ...shape(of, 'claude-opus-4-8', 'OpenAI/Python 2.31.0', 16_000),
    tokens: {
      inputUncached: random.whole(12_000, 40_000),
      inputCacheRead: random.whole(60_000, 180_000),
      outputText: random.whole(2_000, 9_000),
    },
  }
}

const several = (count: readonly [number, number], of: DayOf, turn: () => Turn): Turn[] =>
  Array.from({ length: of.random.whole(...count) }, turn)

const shape = (
  { random }: DayOf,
  model: ModelName,
  userAgent: string,
  maxOutput: number,
  stream = random.chance(0.9),
) => ({
  model,
  userAgent,
  maxOutput,
  stream,
})
