import { describe, expect, it } from 'vitest'
import { compare, type Measure, type Pair } from '../src/measure/comparison.ts'
import { cpuSecondsIn, cpuSecondsOf } from '../src/measure/cpu.ts'
import { median, percentile, spreadOf } from '../src/measure/numbers.ts'
import type { Sample } from '../src/measure/round.ts'

describe('the numbers of the bench', () => {
  it('takes the middle value, or the mean of the two middle ones, whatever the order', () => {
    expect([median([30, 10, 20]), median([40, 10, 30, 20]), median([7])]).toEqual([20, 25, 7])
    expect(median([])).toBeNaN()
  })

  it('takes the value that so many percent do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => 100 - at)
    expect([percentile(hundred, 50), percentile(hundred, 99), percentile(hundred, 100)]).toEqual([50, 99, 100])
    expect([percentile([5, 1, 3], 50), percentile([5, 1, 3], 99), percentile([8], 1)]).toEqual([3, 5, 8])
    expect(percentile([], 99)).toBeNaN()
  })

  it('tells the least, the middle and the greatest', () => {
    expect(spreadOf([0.52, 0.48, 0.61])).toEqual({ min: 0.48, median: 0.52, max: 0.61 })
  })
})

describe('the CPU time of a process', () => {
  it('is user and system time in hundredths of a second, also of a command with spaces and parentheses', () => {
    const rest = 'S 1 42 42 0 -1 4194304 100 0 3 0 250 50 7 9 20 0 11 0 12345 1000000 500'
    expect(cpuSecondsIn(`42 (node) ${rest}`)).toBe(3)
    expect(cpuSecondsIn(`42 (a) b (c) ${rest}`)).toBe(3)
  })

  it('is refused where the text is none of a process', () => {
    expect(() => cpuSecondsIn('nonsense')).toThrow('Not the stat line of a process')
  })

  it('of this process never goes back', () => {
    const before = cpuSecondsOf(process.pid)
    const after = cpuSecondsOf(process.pid)
    // Elsewhere than on Linux both are unknown.
    expect(after ?? 0).toBeGreaterThanOrEqual(before ?? 0)
    expect(before === undefined).toBe(process.platform !== 'linux')
  })
})

describe('comparing two contenders', () => {
  const sample = (requests: number, p50: number): Sample => {
    const latency = { p50, p99: 2 * p50 }
    const counts = { requests, errors: 0, firstError: null, seconds: 2, cpuSeconds: undefined }
    return { ...counts, firstByteMs: latency, answerMs: latency, latenessMs: latency }
  }
  const pairs: Pair[] = [
    { baseline: sample(1_000, 1), candidate: sample(500, 1.2) },
    { baseline: sample(100, 3), candidate: sample(80, 3.4) },
    { baseline: sample(2_000, 2), candidate: sample(1_200, 2.3) },
  ]
  const throughput: Measure = {
    title: 'throughput',
    unit: '/s',
    of: ({ requests, seconds }) => requests / seconds,
    as: 'ratio',
    goal: { atLeast: 0.6 },
  }

  it('divides round by round before it takes the median', () => {
    expect(compare(throughput, pairs)).toMatchObject({
      baseline: 500,
      candidate: 250,
      spread: { min: 0.5, median: 0.6, max: 0.8 },
      reached: true,
    })
  })

  it('subtracts where a difference is asked for, and says when the goal is missed', () => {
    const p50: Measure = {
      title: 'p50',
      unit: 'ms',
      of: ({ answerMs }) => answerMs.p50,
      as: 'difference',
      goal: { atMost: 0.25 },
    }
    const compared = compare(p50, pairs)
    expect(compared?.spread.median).toBeCloseTo(0.3, 10)
    expect(compared?.reached).toBe(false)
  })

  it('leaves out what this machine cannot tell', () => {
    const cpu: Measure = { ...throughput, of: ({ cpuSeconds }) => cpuSeconds }
    expect(compare(cpu, pairs)).toBeUndefined()
  })
})
