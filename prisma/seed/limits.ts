import type { Database } from '@tollkeeper/db/client'
import * as budgets from '@tollkeeper/db/budgets'
import * as rateLimits from '@tollkeeper/db/rate-limits'
import * as rollups from '@tollkeeper/db/rollups'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Scope } from '@tollkeeper/domain/scope'
import { acme, type Company } from './companies.ts'
import { made, type Settled } from './settle.ts'
import { agentLimit } from './traffic/day.ts'

const dayMs = 86_400_000
const usd = (dollars: number): NanoUsd => BigInt(dollars) * 1_000_000_000n

/** Rounded up to two digits: 4,312 → 4,400. At least 10 USD. */
function round(nano: NanoUsd): NanoUsd {
  const cents = nano / 10_000_000n
  if (cents < 1_000n) return usd(10)
  const unit = 10n ** BigInt(cents.toString().length - 2)
  return ((cents + unit - 1n) / unit) * unit * 10_000_000n
}

type Wish = Omit<budgets.BudgetInput, 'id' | 'limit' | 'mode' | 'sharing'> &
  Partial<Pick<budgets.BudgetInput, 'mode' | 'sharing'>> & { limit: NanoUsd }

/**
 * Gives a company budgets on every level. They are made now and open with what its history spent in their windows, so that
 * limits follow from that history: a month's limit is what 30 days cost and a third more.
 */
export async function setLimits(database: Database, settled: Settled, now: Date): Promise<number> {
  const { orgId } = settled
  const spent = await spentOf(database, settled, now)
  const wishes = settled.company === acme ? acmeBudgets(settled, spent) : otherBudgets(settled, spent)
  for (const wish of wishes) {
    made(await budgets.set(database.prisma, orgId, { mode: 'hard', sharing: 'pool', ...wish }, now))
  }
  await setRates(database, settled)
  return wishes.length
}

/** What somebody spent: in the last 30 days, and ever. */
type Spent = (
  grouping: 'team' | 'role-group' | 'role' | 'member' | 'key',
  id: string,
) => { month: NanoUsd; ever: NanoUsd }

async function spentOf(database: Database, settled: Settled, now: Date): Promise<Spent & { org: NanoUsd }> {
  const { orgId } = settled
  const to = now.getTime() + 3_600_000
  const ranges = { month: { from: to - 30 * dayMs, to }, ever: { from: to - 100 * dayMs, to } }
  const sums = new Map<string, NanoUsd>()
  for (const grouping of ['team', 'role-group', 'role', 'member', 'key'] as const) {
    for (const [name, range] of Object.entries(ranges)) {
      const { groups } = await rollups.byGroup(database.prisma, orgId, { range, grouping })
      for (const group of groups) sums.set(`${name} ${grouping} ${group.id}`, group.measures.costNano)
    }
  }
  const of: Spent = (grouping, id) => ({
    month: sums.get(`month ${grouping} ${id}`) ?? 0n,
    ever: sums.get(`ever ${grouping} ${id}`) ?? 0n,
  })
  const { costNano: org } = await rollups.total(database.prisma, orgId, ranges.month)
  return Object.assign(of, { org })
}

const third = (nano: NanoUsd): NanoUsd => round((nano * 4n) / 3n)

function acmeBudgets(settled: Settled, spent: Spent & { org: NanoUsd }): Wish[] {
  const at = scopesOf(settled)
  const teamBudgets = settled.company.teams.map((name): Wish => {
    const scope = at.team(name)
    const { month } = spent('team', scope.id)
    // One team only warns, and is over what it was given after a third of the month.
    if (name === 'Growth') return { scope, period: 'month', limit: round(month / 3n), mode: 'soft' }
    return { scope, period: 'month', limit: third(month) }
  })
  const laptops = settled.spenders
    .filter((spender, index) => spender.person !== null && index % 3 === 0)
    .map((spender): Wish => {
      const scope = { kind: 'key', id: spender.scopes.keyId } as const
      return { scope, period: 'month', limit: round(spent('key', scope.id).month * 2n) }
    })
  const agent = settled.spenders.find((spender) => spender.service?.kind === 'agent')
  const intern = at.person('Lea Fontaine')
  const developer = at.person('Mikko Virtanen')
  const ml = at.role('ML engineer')
  const business = at.group('Business')
  return [
    { scope: at.organisation, period: 'month', limit: third(spent.org) },
    ...teamBudgets,
    { scope: at.team('Platform'), period: 'day', limit: usd(120), sharing: 'each' },
    {
      scope: at.group('Engineering'),
      period: 'month',
      limit: third(spent('role-group', at.group('Engineering').id).month),
    },
    { scope: business, period: 'week', limit: third(spent('role-group', business.id).month / 4n) },
    { scope: ml, period: 'month', limit: third(spent('role', ml.id).month) },
    { scope: at.role('Support agent'), period: 'day', limit: usd(5), sharing: 'each' },
    { scope: developer, period: 'month', limit: third(spent('member', developer.id).month) },
    // What the intern had for the whole stay is nearly used up.
    { scope: intern, period: 'all', limit: (spent('member', intern.id).ever * 100n) / 97n },
    ...(agent ? [{ scope: { kind: 'key', id: agent.scopes.keyId }, period: 'day', limit: agentLimit } as const] : []),
    ...laptops,
  ]
}

function otherBudgets(settled: Settled, spent: Spent & { org: NanoUsd }): Wish[] {
  const at = scopesOf(settled)
  const [team = ''] = settled.company.teams
  return [
    { scope: at.organisation, period: 'month', limit: third(spent.org) },
    { scope: at.team(team), period: 'month', limit: third(spent('team', at.team(team).id).month) },
  ]
}

function scopesOf(settled: Settled) {
  const known = <T>(value: T | undefined, name: string): T => {
    if (value === undefined) throw new Error(`The demo has no ${name}`)
    return value
  }
  const organisation: Scope = { kind: 'organisation', id: settled.orgId }
  return {
    organisation,
    team: (name: string): Scope => ({ kind: 'team', id: known(settled.teamIds.get(name), name) }),
    group: (name: string): Scope => ({ kind: 'role-group', id: known(settled.groupIds.get(name), name) }),
    role: (name: string): Scope => ({ kind: 'role', id: known(settled.roleIds.get(name), name).id }),
    person: (name: string): Scope => ({ kind: 'user', id: known(settled.memberIds.get(name), name) }),
  }
}

/** Enough for a demo under load; a batch and a team have tighter ones. */
async function setRates(database: Database, settled: Settled): Promise<void> {
  const { orgId, company } = settled
  const none = {
    requestsPerMinute: null,
    requestsPerHour: null,
    tokensPerMinute: null,
    tokensPerHour: null,
    bucket: null,
    concurrency: null,
  }
  const at = scopesOf(settled)
  const set = async (scope: Scope, limits: Partial<rateLimits.RateLimits>) =>
    made(await rateLimits.set(database.prisma, orgId, scope, { ...none, ...limits }))
  await set(at.organisation, { requestsPerMinute: 6_000, tokensPerMinute: 20_000_000 })
  if (isAcme(company)) await set(at.team('Growth'), { bucket: { capacity: 400_000, refillPerSecond: 500 } })
  const nightly = settled.spenders.find((spender) => spender.service?.kind === 'nightly-batch')
  if (nightly) await set({ kind: 'key', id: nightly.scopes.keyId }, { requestsPerMinute: 30, requestsPerHour: 600 })
}

const isAcme = (company: Company): boolean => company === acme
