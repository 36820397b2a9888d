import type { NanoUsd } from '@tollkeeper/domain/price'
import { moneyText } from '#ui/money-text.ts'
import type { Level } from './chain.ts'
import { leftOf, tightest } from './left.ts'

const kindWords: Record<Level['kind'], string> = {
  organisation: 'Organisation',
  team: 'Team',
  'role-group': 'Role group',
  role: 'Role',
  user: 'Owner',
}

const periodWords: Record<Level['period'], string> = {
  hour: 'hourly',
  day: 'daily',
  week: 'weekly',
  month: 'monthly',
  all: 'all-time',
}

/** `Team`, `Role group`: what a level is called beside its amount. */
export const levelWord = (kind: Level['kind']): string => kindWords[kind]

/** "monthly limit of team “Platform”" */
export const levelText = ({ kind, name, period }: Pick<Level, 'kind' | 'name' | 'period'>): string =>
  `${periodWords[period]} limit of ${kindWords[kind].toLowerCase()} “${name}”`

type Above = Pick<Level, 'kind' | 'name' | 'period' | 'hard' | 'limit' | 'used' | 'held'>

/**
 * What a key can spend now, and which limit says so: its own quota, of which `quota` is left (null: it has none), or
 * the tightest of the hard limits above it.
 */
export function effectiveLimit(quota: NanoUsd | null, levels: readonly Above[]): string {
  const above = tightest(levels.filter((level) => level.hard))
  const left = above && leftOf(above)
  if (quota !== null && (left === undefined || quota <= left)) {
    const why = left === undefined ? 'its own quota is the only limit' : 'its own quota is the smallest'
    return `Can spend up to ${moneyText(quota)} — ${why}.`
  }
  if (above === undefined || left === undefined) return 'Nothing limits it: it has no quota, and no budget is above it.'
  return `Can spend up to ${moneyText(left)} — what is left of the ${levelText(above)} is the smallest.`
}
