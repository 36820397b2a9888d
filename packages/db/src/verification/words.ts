import { parseNodeId } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import { namesOf } from '../scope-names.ts'
import type { Db } from '../client.ts'
import type { LedgerNode } from './nodes.ts'

/** Names counters by scope and window: `team “Data Science”, month from 2026-11-01`. */
export async function counterWords(db: Db, orgId: OrgId, nodes: readonly LedgerNode[]): Promise<Map<string, string>> {
  const org = await db.organisation.findUnique({ where: { id: orgId }, select: { timeZone: true } })
  const subjects = nodes.flatMap(({ nodeId }) => parseNodeId(nodeId)?.subject ?? [])
  const people = await namesOf(
    db,
    orgId,
    subjects.map((id) => ({ kind: 'user' as const, id })),
  )
  return new Map(
    nodes.map(({ nodeId, budget, window }) => {
      const subject = parseNodeId(nodeId)?.subject
      const person = subject ? `, ${people.get(`user:${subject}`) ?? subject}` : ''
      return [
        nodeId,
        `${budget.scope.kind.replace('-', ' ')} “${budget.scope.name}”${person}, ${windowText(budget, window, org?.timeZone)}`,
      ]
    }),
  )
}

function windowText(budget: LedgerNode['budget'], window: LedgerNode['window'], zone = 'UTC'): string {
  const { period } = budget
  if (period === 'all') return 'all time'
  const day = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    ...(period === 'hour' && { timeStyle: 'short' }),
  }).format(window.startMs)
  return `${period} from ${day}`
}
