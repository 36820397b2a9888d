'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChartColumn } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useQueryStates } from 'nuqs'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { RangePicker } from '../usage/range-picker.tsx'
import { dateOf, rangeTitle } from '../usage/slot-text.ts'
import { UsageChart } from '../usage/usage-chart.tsx'
import { Attention } from './attention-card.tsx'
import { Checklist } from './checklist-card.tsx'
import { MonthCards } from './month-cards.tsx'
import { overviewSearch } from './search.ts'
import { TeamTable } from './team-table.tsx'

const whose = {
  all: 'Everything the organisation spends.',
  team: 'What the teams you lead and you yourself spend.',
  own: 'What you spend.',
}

export function Overview() {
  const { slug, timeZone, can } = useOrg()
  const router = useRouter()
  const api = useApi()
  const [search, setSearch] = useQueryStates(overviewSearch, { history: 'push' })
  const spend = useQuery({
    ...api.overview.spend.queryOptions({ org: slug, range: search.range }),
    placeholderData: keepPreviousData,
  })
  const { data, isPlaceholderData: stale } = spend
  const reach = can('usage.read') ?? 'own'
  return (
    <>
      <PageHeader
        title="Overview"
        description={whose[reach]}
        actions={
          <RangePicker
            range={search.range}
            onChange={(range) => void setSearch({ range })}
            days={data && { first: dateOf(timeZone, data.range.from), last: dateOf(timeZone, data.range.to - 1) }}
          />
        }
      />
      <div className="flex flex-col gap-4">
        <Checklist />
        <MonthCards />
        {spend.isError ? (
          <InlineError {...failureOf(spend.error)} onRetry={() => void spend.refetch()} />
        ) : (
          <UsageChart
            title="Spend by team"
            by="team"
            zone={timeZone}
            metric={search.metric}
            onMetric={(metric) => void setSearch({ metric })}
            data={data}
            stale={stale}
            description={data ? rangeTitle(timeZone, data.range) : undefined}
            empty={data?.groups.length === 0 ? <NoTraffic /> : undefined}
            onSlot={(slot) => {
              const [first, last] = [dateOf(timeZone, slot.startMs), dateOf(timeZone, slot.endMs - 1)]
              router.push(`${paths.usage(slug)}?range=${first}..${last}`)
            }}
          />
        )}
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_340px]">
          <TeamTable spend={data} stale={stale} />
          <Attention />
        </div>
      </div>
    </>
  )
}

function NoTraffic() {
  const { slug, can } = useOrg()
  return (
    <EmptyState
      icon={<ChartColumn aria-hidden />}
      title="No traffic in this range"
      action={
        can('key.mint') === null ? null : (
          <Button asChild>
            <Link href={paths.connect(slug)}>Connect an application</Link>
          </Button>
        )
      }
    >
      Each request through the gateway appears here within seconds.
    </EmptyState>
  )
}
