'use client'

import Link from 'next/link'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { countText } from '#ui/count-text.ts'
import { Money } from '#ui/money.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { momentText } from '../words.ts'
import type { WhatIfResult } from './told.ts'

type Row = WhatIfResult['first'][number]

/** The first requests that would have been refused. */
export function FirstRefused({ first, refused }: { first: readonly Row[]; refused: number }) {
  const { slug, timeZone } = useOrg()
  const columns: Column<Row>[] = [
    {
      key: 'time',
      header: `Time (${timeZone})`,
      lead: true,
      cell: (row) => (
        <Link href={paths.request(slug, row.id)} className="whitespace-nowrap underline-offset-2 hover:underline">
          {momentText(timeZone, row.atMs)}
        </Link>
      ),
    },
    { key: 'person', header: 'Person', cell: (row) => row.person ?? 'Service' },
    { key: 'key', header: 'Key', cell: (row) => row.key },
    { key: 'why', header: 'Because', cell: (row) => (row.reason === 'held' ? 'Held by others' : 'Used up') },
    { key: 'cost', header: 'Cost then', align: 'end', cell: (row) => <Money amount={row.cost} /> },
  ]
  const caption = 'First refused requests'
  return (
    <div className="min-w-0">
      <h3 className="mb-1 text-base font-semibold">
        {refused > first.length ? `The first ${first.length} of ${countText(refused)}` : 'Refused requests'}
      </h3>
      <div className="-mx-5">
        <Table caption={caption} columns={columns} rows={first} rowKey={(row) => `${row.id} ${row.atMs}`} />
      </div>
    </div>
  )
}
