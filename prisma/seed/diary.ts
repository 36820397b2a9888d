import * as audit from '@tollkeeper/db/audit'
import type { Database } from '@tollkeeper/db/client'
import { usdText } from '@tollkeeper/domain/price'
import type { Settled } from './settle.ts'

const dayMs = 86_400_000

type Line = { ago: number; actor: string; entry: Pick<audit.NewAuditEntry, 'action' | 'target' | 'before' | 'after'> }

/** What people did in the console over the time of the history. */
export async function writeDiary(database: Database, settled: Settled, now: Date): Promise<void> {
  const { orgId, company, memberIds } = settled
  const [owner] = company.people
  const admin = company.people.find((person) => person.access === 'admin') ?? owner
  if (!owner || !admin) return
  const lines: Line[] = [
    {
      ago: 95,
      actor: owner.name,
      entry: { action: 'organisation.create', target: `organisation:${orgId}`, after: { name: company.name } },
    },
    {
      ago: 95,
      actor: admin.name,
      entry: {
        action: 'provider.create',
        target: `provider:${settled.providerId}`,
        after: { name: 'Simulated', kind: 'simulator' },
      },
    },
    ...company.teams.map((name): Line => ({
      ago: 94,
      actor: admin.name,
      entry: { action: 'team.create', target: `team:${settled.teamIds.get(name) ?? ''}`, after: { name } },
    })),
    ...[70, 41, 29, 27, 9].map((ago, index): Line => {
      const name = company.teams[index % company.teams.length] ?? ''
      const [before, after] = [500n + 250n * BigInt(index), 750n + 250n * BigInt(index)]
      return {
        ago,
        actor: index % 2 === 0 ? admin.name : owner.name,
        entry: {
          action: 'budget.set',
          target: `team:${settled.teamIds.get(name) ?? ''}`,
          before: { limit: usdText(before * 1_000_000_000n), period: 'month' },
          after: { limit: usdText(after * 1_000_000_000n), period: 'month' },
        },
      }
    }),
  ]
  for (const { ago, actor, entry } of lines) {
    const at = new Date(now.getTime() - ago * dayMs)
    await audit.append(
      database.prisma,
      orgId,
      { ...entry, actorId: memberIds.get(actor) ?? null, actorName: actor },
      at,
    )
  }
}
