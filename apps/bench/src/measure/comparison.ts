import { spreadOf, type Spread } from './numbers.ts'
import type { Sample } from './round.ts'

/** One figure by which two contenders are compared. */
export type Measure = {
  readonly title: string
  readonly unit: '/s' | 'ms'
  /** Undefined where this machine cannot tell. */
  readonly of: (sample: Sample) => number | undefined
  /** `ratio`: candidate ÷ baseline. `difference`: candidate − baseline, in the unit. */
  readonly as: 'ratio' | 'difference'
  /** What the comparison is to reach. */
  readonly goal: Goal
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number }

/** A measure over all rounds: medians of each side, and the spread of the comparisons made round by round. */
export type Comparison = {
  readonly title: string
  readonly unit: Measure['unit']
  readonly baseline: number
  readonly candidate: number
  readonly as: Measure['as']
  readonly spread: Spread
  readonly goal: Goal
  /** Whether the median reaches the goal. */
  readonly reached: boolean
}

/** One round: both contenders did the same job, one right after the other. */
export type Pair = { readonly baseline: Sample; readonly candidate: Sample }

/** Compares the two sides of each round, so that what troubled the machine for a while troubles both sides alike. */
export function compare(measure: Measure, pairs: readonly Pair[]): Comparison | undefined {
  const figures = pairs.map((pair) => [measure.of(pair.baseline), measure.of(pair.candidate)] as const)
  const known = figures.filter((figure): figure is [number, number] => figure.every((side) => side !== undefined))
  if (known.length === 0) return undefined
  const { title, unit, as, goal } = measure
  const spread = spreadOf(
    known.map(([baseline, candidate]) => (as === 'ratio' ? candidate / baseline : candidate - baseline)),
  )
  return {
    title,
    unit,
    baseline: spreadOf(known.map(([baseline]) => baseline)).median,
    candidate: spreadOf(known.map(([, candidate]) => candidate)).median,
    as,
    spread,
    goal,
    reached: reaches(goal, spread.median),
  }
}

const reaches = (goal: Goal, value: number): boolean =>
  'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost
