'use client'

import type { NanoUsd } from '@tollkeeper/domain/price'
import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '#server/router.ts'
import { Money } from '#ui/money.tsx'
import { Table, type Column } from '#ui/table.tsx'

type Preview = inferRouterOutputs<AppRouter>['reratings']['preview']
type Row = { key: string; name: string; attempts: number | null; before: NanoUsd; after: NanoUsd }

/** Days and budgets that are shown; the sums are of all. */
const mostShown = 40

/** What would change: in all, by day, and on the budgets whose present window it touches. */
export function ReratingPreview({ preview, stale }: { preview: Preview; stale: boolean }) {
  const { attempts, chargedNano, rightNano, leftAlone, unchanged, pastWindows } = preview
  if (attempts === 0) {
    return (
      <p className="text-base text-muted">
        Nothing would change: {unchanged === 0 ? 'no request was charged' : 'every charge is at this price already'}
        {leftAlone === 0 ? '.' : `, but for ${count(leftAlone, 'attempt')} whose usage is not known.`}
      </p>
    )
  }
  const total = row('total', 'All days', attempts, chargedNano, rightNano)
  const days = preview.days.map((day) => row(day.date, day.date, day.attempts, day.chargedNano, day.rightNano))
  const budgets = preview.budgets.map((each) => row(each.nodeId, each.words, null, each.spentNano, each.rightNano))
  return (
    <div className="flex flex-col gap-4">
      <Table
        className="-mx-5"
        caption="Charges that change"
        columns={columnsOf('Day', { before: 'Charged', after: 'Would be' })}
        rows={days.slice(-mostShown)}
        rowKey={({ key }) => key}
        total={total}
        stale={stale}
      />
      {budgets.length === 0 ? null : (
        <Table
          className="-mx-5"
          caption="Budgets that change"
          columns={columnsOf('Budget', { before: 'Spent', after: 'Would be' }).filter(({ key }) => key !== 'attempts')}
          rows={budgets.slice(0, mostShown)}
          rowKey={({ key }) => key}
          stale={stale}
        />
      )}
      <p className="text-sm text-muted">
        {[
          unchanged > 0 ? `${count(unchanged, 'attempt')} cost the same.` : '',
          leftAlone > 0
            ? `${count(leftAlone, 'attempt')} keep their charge: their usage is not known, or this price has no rate for it.`
            : '',
          pastWindows > 0 ? `${count(pastWindows, 'budget window')} that are over change too.` : '',
          'Requests that still run keep the price they began with.',
        ]
          .filter(Boolean)
          .join(' ')}
      </p>
    </div>
  )
}

const row = (key: string, name: string, attempts: number | null, before: NanoUsd, after: NanoUsd): Row => ({
  key,
  name,
  attempts,
  before,
  after,
})

const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`

const columnsOf = (lead: string, words: { before: string; after: string }): Column<Row>[] => [
  { key: 'name', header: lead, lead: true, cell: ({ name }) => name },
  { key: 'attempts', header: 'Attempts', align: 'end', cell: ({ attempts }) => attempts?.toLocaleString('en-US') },
  { key: 'before', header: words.before, align: 'end', cell: ({ before }) => <Money amount={before} /> },
  { key: 'after', header: words.after, align: 'end', cell: ({ after }) => <Money amount={after} /> },
  {
    key: 'difference',
    header: 'Difference',
    align: 'end',
    cell: ({ before, after }) => <Money amount={after - before} />,
  },
]
