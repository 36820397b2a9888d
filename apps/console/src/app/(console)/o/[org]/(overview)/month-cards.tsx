'use client'

import { useQuery } from '@tanstack/react-query'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { KpiCard } from '#ui/card.tsx'
import { changeText, countText, shareText } from '#ui/count-text.ts'
import { InlineError } from '#ui/inline-error.tsx'
import { moneyText } from '#ui/money-text.ts'
import { Money } from '#ui/money.tsx'
import { rangeTitle } from '../usage/slot-text.ts'

const refetchMs = 30_000

/** This month in four figures. The forecast says how it was made and waits for three full days. */
export function MonthCards() {
  const { slug, timeZone } = useOrg()
  const month = useQuery({ ...useApi().overview.month.queryOptions({ org: slug }), refetchInterval: refetchMs })
  if (month.isError) return <InlineError {...failureOf(month.error)} onRetry={() => void month.refetch()} />
  const { data } = month
  const change = data && changeText(data.soFar.costNano, data.before.costNano)
  const before = data ? rangeTitle(timeZone, data.previous).replace(/ \d{4}$/, '') : ''
  const bad = data ? data.soFar.refused + data.soFar.failed : 0
  return (
    <section aria-label="This month" className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
      <KpiCard
        label="Spend this month"
        value={data && <Money amount={data.soFar.costNano} />}
        note={
          data && (
            <>
              {change === null || change === 'new' ? null : `${change} · `}
              {moneyText(data.before.costNano)} on {before}
            </>
          )
        }
      />
      <KpiCard
        label="Forecast at month end"
        value={data && <Money amount={data.forecastNano} />}
        note={data && <ForecastNote {...data} />}
      />
      <KpiCard
        label="Requests"
        value={data && countText(data.soFar.requests)}
        note={data && `${countText(data.before.requests)} on ${before}`}
      />
      <KpiCard label="Refused and errors" value={data && countText(bad)} note={data && <BadNote {...data.soFar} />} />
    </section>
  )
}

function BadNote({ refused, failed, requests }: { refused: number; failed: number; requests: number }) {
  const share = shareText(BigInt(refused + failed), BigInt(requests))
  return (
    <>
      {countText(refused)} refused, {countText(failed)} failed{share === null ? '' : ` · ${share} of requests`}
    </>
  )
}

function ForecastNote(month: {
  forecastNano: bigint | null
  budget: { limit: bigint | null } | undefined
  fullDays: number
}) {
  const { forecastNano, budget, fullDays } = month
  if (forecastNano === null) return 'From three full days on'
  const method = `if it goes on like the ${fullDays} full days`
  if (!budget) return `If it goes on like the ${fullDays} full days`
  if (budget.limit === null) return `No monthly budget · ${method}`
  const over = forecastNano - budget.limit
  return (
    <>
      {over > 0n ? (
        <span className="font-medium text-danger">{moneyText(over)} over</span>
      ) : (
        <span>{moneyText(-over)} below</span>
      )}{' '}
      the budget of {moneyText(budget.limit)} · {method}
    </>
  )
}
