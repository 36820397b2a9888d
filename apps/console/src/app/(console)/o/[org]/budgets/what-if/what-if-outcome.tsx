'use client'

import { FlaskConical, ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { countText } from '#ui/count-text.ts'
import { EmptyState } from '#ui/empty-state.tsx'
import { Money } from '#ui/money.tsx'
import { momentText } from '../words.ts'
import { FirstRefused } from './first-refused.tsx'
import type { WhatIfResult } from './told.ts'
import type { WhatIfState } from './use-what-if.ts'
import { WhatIfChart } from './what-if-chart.tsx'

/** Below the form: what to expect, how far a replay is, or what came out of it. */
export function WhatIfOutcome({ state }: { state: WhatIfState }) {
  switch (state.kind) {
    case 'idle':
      return (
        <EmptyState icon={<FlaskConical aria-hidden />} title="Try a limit before you set it">
          Every request is held, clamped or refused by the same rule as at the gateway, at the time at which it came.
        </EmptyState>
      )
    case 'running':
      return <Progress {...state} />
    case 'done':
      return state.result.requests === 0 ? (
        <EmptyState icon={<FlaskConical aria-hidden />} title="No requests in these days">
          There is nothing to replay. Try more days, or a wider scope.
        </EmptyState>
      ) : (
        <Result result={state.result} />
      )
    case 'failed':
      return null
  }
}

function Progress({ done, of }: { done: number; of: number }) {
  return (
    <div role="status" className="flex flex-col gap-2 py-6">
      <progress
        aria-label="Replayed"
        max={Math.max(of, 1)}
        value={done}
        className="h-2 w-full overflow-hidden rounded-full [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-bar"
      />
      <p className="text-sm text-muted tabular-nums">
        {of === 0 ? 'Reading the log …' : `${countText(done)} of ${countText(of)} requests`}
      </p>
    </div>
  )
}

function Result({ result }: { result: WhatIfResult }) {
  const { timeZone } = useOrg()
  const { refused, people, first, requests } = result
  const since = first[0]
  return (
    <section aria-label="Result" className="flex min-w-0 flex-col gap-5">
      <div role="status" className="flex items-start gap-3">
        {refused === 0 ? <ShieldCheck aria-hidden className="mt-1 size-5 shrink-0 text-ok" /> : null}
        <div>
          <p className="text-lg font-semibold tracking-tight">
            {refused === 0
              ? 'No request would have been refused'
              : `${plural(refused, 'request')} from ${people === 1 ? '1 person' : `${countText(people)} people`} would have been refused`}
          </p>
          <p className="mt-0.5 text-base text-muted">
            {since ? `First on ${momentText(timeZone, since.atMs)} ${timeZone}, of ` : 'Of '}
            {plural(requests, 'request')} since {momentText(timeZone, result.fromMs)}.
          </p>
        </div>
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 md:grid-cols-4">
        <Fact name="Spent then">
          <Money amount={result.spent} />
        </Fact>
        <Fact name="Under this limit">
          <Money amount={result.wouldSpend} />
        </Fact>
        <Fact name={result.wouldSpend > result.spent ? 'More' : 'Not spent'}>
          <Money amount={difference(result)} />
        </Fact>
        <Fact name="Answers cut shorter">{countText(result.clamped)}</Fact>
      </dl>
      <Remarks result={result} />
      <WhatIfChart days={result.days} now={result.toMs} />
      {refused === 0 ? null : <FirstRefused first={first} refused={refused} />}
    </section>
  )
}

function Remarks({ result }: { result: WhatIfResult }) {
  const { refusedByOthers, letIn } = result
  if (refusedByOthers === 0 && letIn === 0) return null
  return (
    <ul className="flex list-disc flex-col gap-1 pl-5 text-sm text-muted">
      {refusedByOthers > 0 ? (
        <li>{plural(refusedByOthers, 'more request')} would have been refused by other limits, as these are today.</li>
      ) : null}
      {letIn > 0 ? (
        <li>
          {plural(letIn, 'request')} refused at the time would have been let in. What they would have cost is not known;
          they count with their worst case.
        </li>
      ) : null}
    </ul>
  )
}

const difference = ({ spent, wouldSpend }: WhatIfResult): bigint =>
  wouldSpend > spent ? wouldSpend - spent : spent - wouldSpend

const plural = (count: number, what: string): string => `${countText(count)} ${what}${count === 1 ? '' : 's'}`

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-sm text-muted">{name}</dt>
    <dd className="mt-0.5 text-base font-medium tabular-nums">{children}</dd>
  </div>
)
