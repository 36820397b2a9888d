'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { memberId as memberIdShape, teamId as teamIdShape } from '@tollkeeper/domain/id'
import { parseUsd } from '@tollkeeper/domain/price'
import { useWatch, type UseFormReturn } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { classNames } from '#ui/class-names.ts'
import { InlineError } from '#ui/inline-error.tsx'
import { moneyText } from '#ui/money-text.ts'
import { Skeleton } from '#ui/skeleton.tsx'
import { effectiveLimit, levelWord } from './effective.ts'
import { newTeam, type CreateKeyForm } from './inputs.ts'
import { leftOf } from './left.ts'
import type { Limits } from './listed-key.ts'

/** Beside the form: what the key could spend as it stands there, and which limit decides. */
export function EffectiveLimit({ form }: { form: UseFormReturn<CreateKeyForm> }) {
  const { slug } = useOrg()
  const [teamId, ownerId, quota] = useWatch({ control: form.control, name: ['teamId', 'ownerId', 'quota'] })
  const place = {
    teamId: teamIdShape.safeParse(teamId).data ?? newTeam,
    ownerId: memberIdShape.safeParse(ownerId).data ?? null,
  }
  const limits = useQuery({
    ...useApi().keys.limits.queryOptions({ org: slug, ...place }),
    placeholderData: keepPreviousData,
  })
  return (
    <section
      aria-label="Effective limit"
      className="flex flex-col gap-3 self-start rounded-lg border border-line bg-sunken p-4"
    >
      <h3 className="text-sm font-medium">Effective limit</h3>
      {limits.isError ? (
        <InlineError {...failureOf(limits.error)} onRetry={() => void limits.refetch()} />
      ) : limits.data ? (
        <Told limits={limits.data} quota={quota} stale={limits.isPlaceholderData} />
      ) : (
        <>
          <Skeleton />
          <Skeleton className="w-2/3" />
        </>
      )}
    </section>
  )
}

function Told({ limits, quota, stale }: { limits: Limits; quota: string; stale: boolean }) {
  const typed = quota.trim()
  const amount = typed === '' ? null : parseUsd(typed)
  const look = classNames('transition-opacity', stale ? 'opacity-55' : null)
  return (
    <>
      <p aria-live="polite" className={classNames(look, 'min-h-11 text-base')}>
        {amount === undefined ? 'Enter an amount to see what holds.' : effectiveLimit(amount, limits.levels)}
      </p>
      {limits.levels.length > 0 ? (
        <ul className={classNames(look, 'flex flex-col gap-1.5 border-t border-line pt-3 text-sm')}>
          {limits.levels.map((level) => (
            <li key={level.id} className="flex justify-between gap-3">
              <span className="min-w-0 truncate text-muted" title={level.name}>
                {levelWord(level.kind)} left
                {level.hard ? '' : ' (warns only)'}
              </span>
              <span className="tabular-nums">{moneyText(leftOf(level))}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {limits.hidden > 0 ? (
        <p className="text-sm text-muted">Limits that your access does not show may stop it earlier.</p>
      ) : null}
    </>
  )
}
