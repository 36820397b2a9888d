'use client'

import Link from 'next/link'
import type { ReactNode } from 'react'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { Card } from '#ui/card.tsx'
import { CopyButton } from '#ui/copy-button.tsx'
import { Money } from '#ui/money.tsx'
import { dateTimeText } from '#ui/time-text.ts'
import { durationText } from '../duration-text.ts'
import { RequestStatus } from '../request-state.tsx'
import type { SeenRequest } from './seen-request.ts'

/** What is asked first: how it ended, what it cost, how long it took, whose it was. */
export function RequestFacts({ request }: { request: SeenRequest }) {
  const { slug, timeZone, can } = useOrg()
  const { key, team, member } = request
  const tokens = request.inputTokens + request.outputTokens
  return (
    <Card>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <RequestStatus status={request.status} state={request.outcome} />
        <code className="min-w-0 font-mono text-sm break-all">{request.id}</code>
        <CopyButton text={request.id} label="Copy request id" />
      </div>
      <dl className="mt-5 grid grid-cols-2 gap-x-6 gap-y-4 md:grid-cols-4">
        <Fact name="Cost">
          <Money amount={request.attempts.length === 0 ? null : request.costNano} />
        </Fact>
        <Fact name="Tokens in / out">
          {tokens === 0
            ? '—'
            : `${request.inputTokens.toLocaleString('en-US')} / ${request.outputTokens.toLocaleString('en-US')}`}
        </Fact>
        <Fact name="First byte">{request.firstByteMs === null ? '—' : durationText(request.firstByteMs)}</Fact>
        <Fact name="All">{durationText(request.totalMs)}</Fact>
        <Fact name={`Time (${timeZone})`}>{dateTimeText(request.at.getTime(), timeZone)}</Fact>
        <Fact name="Model">
          <span className="font-mono text-xs break-all">
            {request.modelAsked || '—'}
            {request.modelUsed !== null && request.modelUsed !== request.modelAsked ? ` → ${request.modelUsed}` : ''}
          </span>
        </Fact>
        <Fact name="Provider">{request.provider?.name ?? '—'}</Fact>
        <Fact name="Kind">{request.stream ? 'Stream' : 'Whole answer'}</Fact>
        <Fact name="Key">
          {can('key.read') === null ? (
            (key.name ?? key.id)
          ) : (
            <Link href={paths.key(slug, key.id)} className="underline-offset-2 hover:underline">
              {key.name ?? key.id}
            </Link>
          )}
        </Fact>
        <Fact name="Person">{member?.name ?? 'Service'}</Fact>
        <Fact name="Team">{team?.name ?? '—'}</Fact>
        <Fact name="Client">
          <span className="line-clamp-2 break-all" title={request.userAgent ?? undefined}>
            {request.userAgent ?? '—'}
          </span>
        </Fact>
        {request.maxTokensClamped === null ? null : (
          <Fact name="Output clamped to">{`${request.maxTokensClamped.toLocaleString('en-US')} tokens, what the budgets could pay`}</Fact>
        )}
        {request.answeredFrom === null ? null : (
          <>
            <Fact name="Answered by the same call as">
              <Link
                href={paths.request(slug, request.answeredFrom.requestId)}
                className="font-mono text-xs break-all underline-offset-2 hover:underline"
              >
                {request.answeredFrom.requestId}
              </Link>
            </Fact>
            <Fact name="Saved">
              <Money amount={request.answeredFrom.avoidedNano} />
            </Fact>
          </>
        )}
        {request.count > 1 ? (
          <Fact name="Stands for">{`${request.count.toLocaleString('en-US')} equal refusals`}</Fact>
        ) : null}
      </dl>
    </Card>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-sm text-muted">{name}</dt>
    <dd className="mt-0.5 text-base tabular-nums">{children}</dd>
  </div>
)
