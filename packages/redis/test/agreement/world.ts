import { nodeIdOf, type Budget, type BudgetNode, type Stretch } from '@tollkeeper/domain/budget'
import type { AttemptId, BudgetId, OrgId } from '@tollkeeper/domain/id'
import type { TokenLimit } from '@tollkeeper/domain/rate'
import type { Scope } from '@tollkeeper/domain/scope'
import { anOrgId, endOfTime } from '../builders.ts'
import { attempts, people, spent, teams } from './history.ts'

/** One organisation of a history: its budgets as they are set now, and who they count for. */
export type World = {
  orgId: OrgId
  attempts: readonly AttemptId[]
  /** In the order of `set-limit`: root, teams, each-person-of-a-team, persons. */
  budgets: BudgetSetting[]
  tokenLimits: readonly TokenLimit[]
}

type BudgetSetting = { id: BudgetId; name: string; opening: bigint; now: Limit; before: Limit }
type Limit = Pick<Budget, 'limit' | 'mode' | 'version'>

const forever = { id: 'a0', startMs: 0, endMs: endOfTime }
const past = { id: 'h1', startMs: 0, endMs: 3_600_000 }

export function aWorld(unit: bigint, withTokenLimits: boolean): World {
  const orgId = anOrgId()
  const setting = (name: string, units: number, opening = 0n): BudgetSetting => {
    const limit: Limit = { limit: BigInt(units) * unit, mode: 'hard', version: 1 }
    return { id: `bud_${name}` as BudgetId, name, opening, now: limit, before: limit }
  }
  const of = (count: number, name: string, units: number) =>
    Array.from({ length: count }, (_, i) => setting(`${name}${i}`, units))
  return {
    orgId,
    attempts: Array.from({ length: attempts + spent }, (_, i) => `${orgId}-a${i}` as AttemptId),
    budgets: [
      setting('root', 22, 3n * unit),
      ...of(teams, 'team', 14),
      ...of(teams, 'each', 9),
      ...of(people, 'person', 11),
    ],
    tokenLimits: withTokenLimits ? tokenLimitsFor(orgId) : [],
  }
}

/** Small and quick, so that a history of some milliseconds runs into them and out again. */
function tokenLimitsFor(orgId: OrgId): TokenLimit[] {
  const scope: Scope = { kind: 'organisation', id: orgId }
  const bucket = { capacity: 50_000_000, refillPerMs: 2_000_000 }
  return [
    { id: `tb/organisation:${orgId}`, scope, rate: 0, unit: 'bucket', limit: 50, rule: bucket },
    { id: `tm/organisation:${orgId}`, scope, rate: 0, unit: 'minute', limit: 70, rule: { limit: 70, lengthMs: 13 } },
    { id: `th/organisation:${orgId}`, scope, rate: 0, unit: 'hour', limit: 90, rule: { limit: 90, lengthMs: 31 } },
  ]
}

/** The counters of a request of `person` in `team`, root first. */
export function chainOf(
  world: World,
  team: number,
  person: number,
  wishes: { oldLimits: boolean; pastWindow: boolean; inForce?: Stretch },
): BudgetNode[] {
  const node = (index: number, subject: string | null, window = forever): BudgetNode => {
    const setting = world.budgets[index]
    if (!setting) throw new RangeError(`No budget ${index}`)
    const { limit, mode, version } = wishes.oldLimits ? setting.before : setting.now
    const { id, opening } = setting
    return {
      id: nodeIdOf(id, subject, window.id),
      budget: {
        id,
        scope: { kind: 'team', id: 'team_1', name: 'Team' },
        period: 'all',
        limit,
        mode,
        sharing: subject === null ? 'pool' : 'each',
        version,
        opening: null,
      },
      window,
      opening,
    }
  }
  return [
    node(0, null),
    { ...node(1 + team, null), ...(wishes.inForce ? { inForce: wishes.inForce } : {}) },
    node(1 + teams + team, `mem_${person}`),
    node(1 + teams + teams + person, null, wishes.pastWindow ? past : forever),
  ]
}

/** The chains of everybody in every team. */
const chainsOf = (world: World): BudgetNode[][] =>
  Array.from({ length: teams * people }, (_, i) =>
    chainOf(world, i % teams, Math.floor(i / teams), { oldLimits: false, pastWindow: false }),
  )

/** All counters a world can have, and which of them all traffic of which passes through. */
export function countersOf(world: World): { ids: string[]; children: Map<string, string[]> } {
  const chains = chainsOf(world).map((chain) => chain.map((node) => node.id))
  const children = new Map<string, Set<string>>()
  for (const [root = '', team = '', each = ''] of chains) {
    for (const [parent, child] of [
      [root, team],
      [team, each],
    ] as const) {
      children.set(parent, (children.get(parent) ?? new Set()).add(child))
    }
  }
  return { ids: [...new Set(chains.flat())], children: new Map([...children].map(([id, set]) => [id, [...set]])) }
}
