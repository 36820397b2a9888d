'use client'

import type { inferRouterOutputs } from '@trpc/server'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { paths } from '#paths.ts'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { Card } from '#ui/card.tsx'
import { countText } from '#ui/count-text.ts'
import { Delta } from '#ui/delta.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Money } from '#ui/money.tsx'
import { QuotaBar } from '#ui/quota-bar.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { periodWords } from '../budgets/words.ts'
import { nobody } from '../usage/inputs.ts'
import { groupName } from '../usage/labels.ts'

type Spend = inferRouterOutputs<AppRouter>['overview']['spend']
type Team = Spend['groups'][number]

/** Teams with traffic in the range or in the one before it, dearest first. */
export function TeamTable({ spend, stale }: { spend: Spend | undefined; stale: boolean }) {
  const { slug } = useOrg()
  const router = useRouter()
  const hrefOf = (team: Team) => `${paths.usage(slug)}?team=${team.id === '' ? nobody : team.id}&by=member`
  const all: Column<Team>[] = [
    {
      key: 'team',
      header: 'Team',
      lead: true,
      cell: (team) => (
        <Link href={hrefOf(team)} className="rounded-sm underline-offset-4 hover:underline">
          {groupName('team', team)}
        </Link>
      ),
    },
    { key: 'spend', header: 'Spend', align: 'end', cell: (team) => <Money amount={team.measures.costNano} /> },
    {
      key: 'change',
      header: 'Change',
      align: 'end',
      cell: (team) => <Delta now={team.measures.costNano} before={team.previous.costNano} />,
    },
    {
      key: 'budget',
      header: 'Budget now',
      width: '28%',
      cell: (team) =>
        team.budget ? (
          <QuotaBar
            spent={team.budget.used}
            held={team.budget.held}
            limit={team.budget.limit}
            label={`Budget of ${groupName('team', team)}`}
            note={periodWords[team.budget.period]}
          />
        ) : (
          <span className="text-faint">{team.hidesBudget ? '—' : 'No limit'}</span>
        ),
    },
    {
      key: 'model',
      header: 'Top model',
      cell: (team) => team.topModel ?? <span className="text-faint">—</span>,
      className: 'max-w-44 truncate max-md:max-w-none',
    },
    { key: 'refused', header: 'Refused', align: 'end', cell: (team) => countText(team.measures.refused) },
  ]
  const columns = spend?.groups.every((team) => team.hidesBudget) ? all.filter((each) => each.key !== 'budget') : all
  return (
    <Card title="Teams" flush>
      <Table
        caption="Spend by team"
        columns={columns}
        rows={spend?.groups}
        rowKey={(team) => team.id}
        stale={stale}
        onRow={(team) => router.push(hrefOf(team))}
        empty={<EmptyState title="No team spent anything in this range" />}
      />
    </Card>
  )
}
