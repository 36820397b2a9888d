'use client'

import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { ExplainButton } from '../../budgets/explain/explain-button.tsx'
import { AskAboutRefusal } from '../../budgets/raises/ask-about-refusal.tsx'
import { durationText } from '../duration-text.ts'
import { RequestFix } from './request-fix.tsx'
import type { SeenRequest } from './seen-request.ts'

const reasons: Record<string, string> = {
  budget_exceeded: 'A budget of this request’s chain had too little left for its worst case.',
  budget_held: 'The rest of a budget was held by requests that were running at that moment.',
  rate_limited: 'A rate limit of this request’s chain was reached.',
  concurrency_limited: 'As many requests as may run at a time were running in a scope of its chain.',
  tokens_never_fit: 'The request may use more tokens than a limit allows at a time.',
  model_unpriced: 'The price book does not know the model, so its cost could not be bounded.',
  model_not_allowed: 'The key may not use this model.',
  model_not_found: 'No connected provider offers this model.',
  upstream_unavailable: 'The provider could not answer.',
  upstream_timeout: 'The provider did not answer in time.',
  upstream_broke: 'The provider’s answer broke off before its end.',
  upstream_rate_limited: 'The provider was limiting requests.',
  upstream_credential: 'The provider does not accept the credential stored for it.',
  upstream_refused: 'The provider refused this request.',
  platform_budget_exceeded: 'The spending ceiling of the whole gateway was reached.',
  platform_budget_held: 'The rest of the gateway’s own spending ceiling was held by running requests.',
  budget_store_unavailable: 'Budgets could not be checked, so nothing was sent.',
}

const periods: Record<string, string> = {
  hour: 'per hour',
  day: 'per day',
  week: 'per week',
  month: 'per month',
  all: 'for all time',
  minute: 'per minute',
  bucket: 'token bucket',
  streams: 'streams at a time',
  whole: 'whole answers at a time',
}

/** Why the answer was no: the same as the caller was told, and where to change it. */
export function RequestRefusal({ request }: { request: SeenRequest }) {
  const { refusal, failure } = request
  const reason = refusal?.reason ?? failure ?? ''
  const refused = request.outcome === 'refused'
  const isMoney = refusal !== null && refusal.limitUsd !== null
  return (
    <section
      role="region"
      aria-label={refused ? 'Why was this refused?' : 'What went wrong?'}
      className="rounded-lg border border-warn/40 bg-warn-soft px-5 py-4"
    >
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <TriangleAlert aria-hidden className="mt-0.5 size-5 shrink-0 text-warn" />
        <div className="min-w-0 flex-1 basis-56">
          <h2 className="text-base font-semibold">{refused ? 'Why was this refused?' : 'What went wrong?'}</h2>
          <p className="mt-0.5 text-base">{reasons[reason] ?? 'The request could not be served.'}</p>
          <p className="mt-0.5 font-mono text-xs text-muted">{reason}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          {isMoney ? (
            <ExplainButton
              label="Explain"
              subject={{ kind: 'key', id: request.key.id }}
              about={`Key ${request.key.name ?? request.key.id}`}
              model={request.modelAsked}
            />
          ) : null}
          {reason === 'budget_exceeded' ? <AskAboutRefusal request={request} /> : null}
          <RequestFix reason={reason} />
        </div>
      </div>
      {refusal === null ? null : (
        <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-3 md:grid-cols-4">
          {refusal.scope ? (
            <Fact name="Scope">{`${refusal.scope.kind.replace('-', ' ')} ${refusal.scope.name}`}</Fact>
          ) : null}
          {refusal.period ? <Fact name="Period">{periods[refusal.period] ?? refusal.period}</Fact> : null}
          {isMoney ? (
            <>
              <Fact name="Limit">{usd(refusal.limitUsd)}</Fact>
              <Fact name="Spent">{usd(refusal.spentUsd)}</Fact>
              <Fact name="Held then">{usd(refusal.heldUsd)}</Fact>
              <Fact name="Worst case of this request">{usd(refusal.estimateUsd)}</Fact>
            </>
          ) : null}
          {refusal.maxOutputTokensThatFit === null ? null : (
            <Fact name="Output that still fitted">
              {`${refusal.maxOutputTokensThatFit.toLocaleString('en-US')} tokens`}
            </Fact>
          )}
          {refusal.resetsAt ? <Fact name="Resets">{refusal.resetsAt}</Fact> : null}
          {refusal.retryAfterMs === null ? null : <Fact name="Retry after">{durationText(refusal.retryAfterMs)}</Fact>}
        </dl>
      )}
    </section>
  )
}

/** Decimal text as the caller was told it, without the zeros at its end. */
const usd = (text: string | null): string => (text === null ? '—' : `$${text.replace(/(\.\d{2}\d*?)0+$/, '$1')}`)

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-sm text-muted">{name}</dt>
    <dd className="mt-0.5 text-base break-words tabular-nums">{children}</dd>
  </div>
)
