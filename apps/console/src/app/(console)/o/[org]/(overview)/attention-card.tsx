'use client'

import { useQuery } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import { CircleAlert, CircleCheck, CircleDollarSign, HandCoins, KeyRound, Scale, Wallet } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { paths } from '#paths.ts'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Card } from '#ui/card.tsx'
import { classNames } from '#ui/class-names.ts'
import { countText } from '#ui/count-text.ts'
import { EmptyState } from '#ui/empty-state.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { moneyText } from '#ui/money-text.ts'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { periodWords } from '../budgets/words.ts'

type Found = inferRouterOutputs<AppRouter>['overview']['attention']

const refetchMs = 10_000

/** What wants to be looked at, each with a way to it. */
export function Attention() {
  const { slug } = useOrg()
  const attention = useQuery({ ...useApi().overview.attention.queryOptions({ org: slug }), refetchInterval: refetchMs })
  if (attention.isError) {
    return <InlineError {...failureOf(attention.error)} onRetry={() => void attention.refetch()} />
  }
  const { data } = attention
  return (
    <Card title="Needs attention" flush>
      {data === undefined ? (
        <div className="flex flex-col gap-4 px-5 pb-5">
          {[1, 2, 3].map((each) => (
            <Skeleton key={each} className="h-9" />
          ))}
        </div>
      ) : isNothing(data) ? (
        <EmptyState icon={<CircleCheck aria-hidden />} title="All is well">
          No budget is running out and no key is about to expire.
        </EmptyState>
      ) : (
        <Items found={data} />
      )}
    </Card>
  )
}

const isNothing = ({ budgets, keys, unpriced, drift, raises }: Found): boolean =>
  budgets.length + keys.length + unpriced.length + drift + raises === 0

function Items({ found }: { found: Found }) {
  const { slug, timeZone, can } = useOrg()
  return (
    <ul className="border-t border-line">
      {found.raises > 0 ? (
        <Item href={paths.raises(slug)} tone="warn" icon={<HandCoins aria-hidden />} title="Raises to decide on">
          {countText(found.raises)} {found.raises === 1 ? 'request waits' : 'requests wait'} for you
        </Item>
      ) : null}
      {found.budgets.map((budget) => {
        const gone = budget.used + budget.held
        const out = gone >= budget.limit
        return (
          <Item
            key={budget.id}
            href={paths.budgets(slug)}
            tone={out && budget.mode === 'hard' ? 'danger' : 'warn'}
            icon={out ? <CircleAlert aria-hidden /> : <Wallet aria-hidden />}
            title={budget.person ? `${budget.person} in ${budget.scope.name}` : budget.scope.name}
          >
            {out ? (budget.mode === 'hard' ? 'Used up: ' : 'Over: ') : `${percentText(gone, budget.limit)} used: `}
            {moneyText(gone)} of {moneyText(budget.limit)} {periodWords[budget.period]}
            {budget.mode === 'soft' ? ', warns only' : ''}
          </Item>
        )
      })}
      {found.moreBudgets > 0 ? (
        <Item href={paths.budgets(slug)} tone="warn" icon={<Wallet aria-hidden />} title="More budgets">
          {countText(found.moreBudgets)} more are above four fifths
        </Item>
      ) : null}
      {found.unpriced.map((model) => (
        <Item
          key={model.model}
          href={
            can('provider.read') === null
              ? `${paths.requests(slug)}?model=${encodeURIComponent(model.model)}`
              : paths.providers(slug)
          }
          tone="danger"
          icon={<CircleDollarSign aria-hidden />}
          title={model.model}
        >
          Has no price · {countText(model.requests)} {model.requests === 1 ? 'request' : 'requests'} in 3 days
        </Item>
      ))}
      {found.drift > 0 ? (
        <Item
          href={paths.verification(slug)}
          tone="danger"
          icon={<Scale aria-hidden />}
          title="Counters differ from the ledger"
        >
          {countText(found.drift)} {found.drift === 1 ? 'budget' : 'budgets'} at the last check
        </Item>
      ) : null}
      {found.keys.map((key) => (
        <Item
          key={key.id}
          href={paths.key(slug, key.id)}
          tone="neutral"
          icon={<KeyRound aria-hidden />}
          title={key.name}
        >
          {key.team} · expires <RelativeTime at={key.expiresAt} zone={timeZone} />
        </Item>
      ))}
    </ul>
  )
}

const percentText = (part: bigint, whole: bigint): string => `${whole === 0n ? 100n : (part * 100n) / whole}%`

const tones = { danger: 'text-danger', warn: 'text-warn', neutral: 'text-muted' }

function Item({
  href,
  tone,
  icon,
  title,
  children,
}: {
  href: string
  tone: keyof typeof tones
  icon: ReactNode
  title: string
  children: ReactNode
}) {
  return (
    <li className="flex gap-3 border-b border-line px-5 py-2.5 last:border-b-0">
      <span className={classNames('mt-0.5 [&_svg]:size-4', tones[tone])}>{icon}</span>
      <div className="min-w-0 flex-1">
        <Link href={href} className="block truncate rounded-sm font-medium underline-offset-4 hover:underline">
          {title}
        </Link>
        <p className="text-sm text-muted">{children}</p>
      </div>
    </li>
  )
}
