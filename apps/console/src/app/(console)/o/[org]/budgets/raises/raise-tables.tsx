'use client'

import type { inferRouterOutputs } from '@trpc/server'
import Link from 'next/link'
import { paths } from '#paths.ts'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { Status, type Tone } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Money } from '#ui/money.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Table } from '#ui/table.tsx'
import { momentText, periodNames } from '../words.ts'

type Listed = inferRouterOutputs<AppRouter>['raises']['list']
export type ShownRequest = Listed['requests'][number]
export type ShownRaise = Listed['running'][number]

const states: Record<ShownRequest['state'], { tone: Tone; word: string }> = {
  open: { tone: 'warn', word: 'Open' },
  approved: { tone: 'ok', word: 'Approved' },
  declined: { tone: 'danger', word: 'Declined' },
  withdrawn: { tone: 'neutral', word: 'Withdrawn' },
  expired: { tone: 'neutral', word: 'Expired' },
}

const Limit = ({ budget, subject }: Pick<ShownRequest, 'budget' | 'subject'>) =>
  budget ? (
    <span className="block">
      {budget.scope.name}
      <span className="block text-sm text-muted">
        {periodNames[budget.period]}
        {subject === null ? '' : ', for each person'}
      </span>
    </span>
  ) : (
    <span className="text-muted">Removed limit</span>
  )

/** What was given, and what was asked for where that is another amount. */
const RaisedBy = ({ request: { amount, given } }: { request: ShownRequest }) =>
  given === null || given === amount ? (
    <Money amount={amount} />
  ) : (
    <span className="block">
      <Money amount={given} />
      <span className="block text-sm text-muted">
        of <Money amount={amount} /> asked
      </span>
    </span>
  )

export type RequestTableProps = {
  rows: readonly ShownRequest[] | undefined
  onDecide: (request: ShownRequest) => void
  onWithdraw: (request: ShownRequest) => void
}

/** Who asked for what, and what became of it. */
export function RequestTable({ rows, onDecide, onWithdraw }: RequestTableProps) {
  const { slug, timeZone } = useOrg()
  return (
    <Table
      caption="Requests for a raise"
      rows={rows}
      rowKey={(row) => row.id}
      columns={[
        {
          key: 'who',
          header: 'Asked by',
          lead: true,
          cell: (row) => (
            <span className="block">
              <span className="font-medium">{row.own ? 'You' : row.requestedBy.name}</span>
              <span className="block text-sm font-normal text-muted">
                <RelativeTime at={row.createdAt} zone={timeZone} />
              </span>
            </span>
          ),
        },
        { key: 'limit', header: 'Limit', cell: (row) => <Limit budget={row.budget} subject={row.subject} /> },
        { key: 'amount', header: 'Raise by', align: 'end', cell: (row) => <RaisedBy request={row} /> },
        {
          key: 'until',
          header: 'Until',
          cell: (row) => <span className="whitespace-nowrap">{momentText(timeZone, row.until.getTime())}</span>,
        },
        {
          key: 'reason',
          header: 'Reason',
          cell: (row) => (
            <span className="block max-w-80 break-words">
              {row.reason}
              {row.refusedRequest ? (
                <Link
                  href={paths.request(slug, row.refusedRequest)}
                  className="block text-sm text-muted underline underline-offset-2"
                >
                  Refused request
                </Link>
              ) : null}
            </span>
          ),
        },
        {
          key: 'state',
          header: 'State',
          cell: (row) => (
            <span className="flex flex-col items-start gap-1">
              <Status tone={states[row.state].tone}>{states[row.state].word}</Status>
              {row.decided ? (
                <span className="text-sm text-muted">
                  by {row.decided.by.name}
                  {row.decided.note ? `: ${row.decided.note}` : ''}
                </span>
              ) : null}
            </span>
          ),
        },
        {
          key: 'actions',
          header: 'Actions',
          action: true,
          align: 'end',
          cell: (row) =>
            row.mayDecide ? (
              <Button size="sm" onClick={() => onDecide(row)}>
                Decide
              </Button>
            ) : row.mayWithdraw ? (
              <Button size="sm" variant="ghost" onClick={() => onWithdraw(row)}>
                Withdraw
              </Button>
            ) : null,
        },
      ]}
    />
  )
}

/** Raises that run now, and when each of them ends. */
export function RunningTable({
  rows,
  onEnd,
}: {
  rows: readonly ShownRaise[] | undefined
  onEnd: (raise: ShownRaise) => void
}) {
  const { timeZone } = useOrg()
  return (
    <Table
      caption="Running raises"
      rows={rows}
      rowKey={(row) => row.id}
      columns={[
        {
          key: 'limit',
          header: 'Limit',
          lead: true,
          cell: (row) => <Limit budget={row.budget} subject={row.subject} />,
        },
        { key: 'amount', header: 'Raised by', align: 'end', cell: (row) => <Money amount={row.amount} /> },
        {
          key: 'until',
          header: 'Until',
          cell: (row) => <span className="whitespace-nowrap">{momentText(timeZone, row.until.getTime())}</span>,
        },
        { key: 'by', header: 'Given by', cell: (row) => row.givenBy.name },
        {
          key: 'reason',
          header: 'Reason',
          cell: (row) => <span className="block max-w-80 break-words">{row.reason}</span>,
        },
        {
          key: 'actions',
          header: 'Actions',
          action: true,
          align: 'end',
          cell: (row) =>
            row.mayEnd ? (
              <Button size="sm" variant="ghost" onClick={() => onEnd(row)}>
                End now
              </Button>
            ) : null,
        },
      ]}
    />
  )
}
