'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChartColumn, Download } from 'lucide-react'
import Link from 'next/link'
import { useQueryStates } from 'nuqs'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { dateText } from '#ui/time-text.ts'
import { FilterChips } from './filter-chips.tsx'
import { nobody, type Grouping, type RangeText } from './inputs.ts'
import { groupingLabels } from './labels.ts'
import { askedOf, usageSearch, type UsageSearch } from './search.ts'
import { dateOf, rangeTitle } from './slot-text.ts'
import { UsageChart } from './usage-chart.tsx'
import { UsageControls } from './usage-controls.tsx'
import { UsageTable } from './usage-table.tsx'

/** What to look at after narrowing to one group: what it is made of. */
const partsOf: Record<Grouping, Grouping> = {
  team: 'member',
  'role-group': 'role',
  role: 'member',
  member: 'key',
  key: 'model',
  model: 'team',
  provider: 'model',
}

export function Usage() {
  const { slug, timeZone, can } = useOrg()
  const api = useApi()
  const [search, setSearch] = useQueryStates(usageSearch, { history: 'push' })
  const report = useQuery({
    ...api.usage.report.queryOptions({ org: slug, ...askedOf(search) }),
    placeholderData: keepPreviousData,
  })
  const { data, isPlaceholderData: stale } = report
  // While other numbers load, those on the screen keep their title.
  const by = data?.by ?? search.by
  const change = (next: Partial<UsageSearch>) => void setSearch(next)
  const narrow = (id: string) => change({ [by]: id === '' ? nobody : id, by: partsOf[by] })
  const oneDay = (slot: { startMs: number }) => {
    const day = dateOf(timeZone, slot.startMs)
    change({ range: `${day}..${day}` })
  }
  const canNarrowTime = data?.granularity === 'day' && data.slots.length > 1
  const empty =
    data?.groups.length === 0 ? (
      <NoTraffic lastTrafficMs={data.lastTrafficMs} onJump={(range) => change({ range })} />
    ) : undefined
  return (
    <>
      <PageHeader
        title="Usage"
        description={data ? rangeTitle(timeZone, data.range) : 'Who spent what, on what, and when.'}
        actions={
          can('export') === null ? null : (
            <Button icon={<Download aria-hidden />} disabled={!data} onClick={() => download(slug)}>
              Export
            </Button>
          )
        }
      />
      <div className="flex flex-col gap-4">
        <UsageControls
          search={search}
          change={change}
          days={data && { first: dateOf(timeZone, data.range.from), last: dateOf(timeZone, data.range.to - 1) }}
        />
        <FilterChips filters={data?.filters ?? []} onRemove={(by) => change({ [by]: null })} />
        {report.isError ? (
          <InlineError {...failureOf(report.error)} onRetry={() => void report.refetch()} />
        ) : (
          <>
            <UsageChart
              title={`${measureTitle[search.metric]} by ${groupingLabels[by].toLowerCase()}`}
              by={by}
              zone={timeZone}
              metric={search.metric}
              onMetric={(metric) => change({ metric })}
              data={data}
              stale={stale}
              empty={empty}
              {...(canNarrowTime ? { onSlot: oneDay } : {})}
            />
            {empty ? null : (
              <UsageTable
                by={by}
                report={data}
                compared={data ? data.previous !== null : search.compare === 'previous'}
                stale={stale}
                onGroup={narrow}
                empty={null}
              />
            )}
          </>
        )}
      </div>
    </>
  )
}

const measureTitle: Record<UsageSearch['metric'], string> = { cost: 'Spend', requests: 'Requests', tokens: 'Tokens' }

/** The same search as the page, as a file. */
function download(slug: string): void {
  const link = document.createElement('a')
  link.href = `${paths.usageExport(slug)}${window.location.search}`
  link.download = ''
  link.click()
}

/** Nothing in the range: leads to where there was something, or to making the first of it. */
function NoTraffic({ lastTrafficMs, onJump }: { lastTrafficMs: number | null; onJump: (range: RangeText) => void }) {
  const { slug, timeZone, can } = useOrg()
  const day = lastTrafficMs === null ? null : dateOf(timeZone, lastTrafficMs)
  return (
    <EmptyState
      icon={<ChartColumn aria-hidden />}
      title="No traffic in this range"
      action={
        lastTrafficMs !== null && day !== null ? (
          <Button variant="primary" onClick={() => onJump(`${day}..${day}`)}>
            Jump to the last traffic ({dateText(lastTrafficMs, timeZone)})
          </Button>
        ) : can('key.mint') === null ? null : (
          <Button variant="primary" asChild>
            <Link href={paths.connect(slug)}>Send a test request</Link>
          </Button>
        )
      }
    >
      {lastTrafficMs === null ? 'Nothing that matches was recorded before it either.' : null}
    </EmptyState>
  )
}
