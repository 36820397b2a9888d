import type { TokenCounts } from '@tollkeeper/domain/price'
import type { Day } from '@tollkeeper/db/rollups'
import { wallOf } from '@tollkeeper/domain/time'
import type { ModelName } from '../models.ts'
import type { Random } from '../random.ts'

/** One question and its answer, before anybody asks what it costs. */
export type Turn = {
  atMs: number
  model: ModelName
  tokens: TokenCounts
  /** The cap on output that the request carries. */
  maxOutput: number
  stream: boolean
  userAgent: string
}

/** What a generator knows of the day it fills. */
export type DayOf = {
  day: Day
  zone: string
  /** Days before the one the history leads up to. */
  ago: number
  random: Random
}

export const isWeekend = ({ day, zone }: DayOf): boolean => {
  const { year, month, day: date } = wallOf(zone, Math.floor((day.startMs + day.endMs) / 2))
  const weekday = new Date(Date.UTC(year, month - 1, date)).getUTCDay()
  return weekday === 0 || weekday === 6
}

/** How busy an office is by the hour of its own clock. */
export const officeHours: readonly (readonly [hour: number, weight: number])[] = [
  [7, 1],
  [8, 4],
  [9, 9],
  [10, 10],
  [11, 8],
  [12, 4],
  [13, 8],
  [14, 10],
  [15, 9],
  [16, 7],
  [17, 4],
  [18, 2],
  [20, 1],
  [21, 1],
]

/** How busy customers are. */
export const customerHours: readonly (readonly [hour: number, weight: number])[] = [
  [6, 1],
  [8, 4],
  [10, 7],
  [12, 8],
  [14, 7],
  [16, 7],
  [18, 9],
  [20, 10],
  [22, 5],
  [23, 2],
]

/** A moment of the day, by the weight of its hours. On the days of a clock change the hours are an hour off; nobody minds. */
export const momentOf = ({ day, random }: DayOf, hours: readonly (readonly [hour: number, weight: number])[]): number =>
  day.startMs + Math.floor((random.weighted(hours) + random.unit() * 2) * 3_600_000)
