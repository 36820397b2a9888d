'use client'

import { useQuery } from '@tanstack/react-query'
import type { KeyId } from '@tollkeeper/domain/id'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Card } from '#ui/card.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { moneyText } from '#ui/money-text.ts'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

const verbs: Readonly<Record<string, string>> = {
  'key.create': 'created it',
  'key.disable': 'disabled it',
  'key.enable': 'enabled it',
  'key.revoke': 'revoked it',
}

/** Who did what to the key, newest first. */
export function KeyHistory({ id }: { id: KeyId }) {
  const { slug, timeZone } = useOrg()
  const history = useQuery(useApi().keys.history.queryOptions({ org: slug, id }))
  return (
    <Card title="History">
      {history.isError ? (
        <InlineError {...failureOf(history.error)} onRetry={() => void history.refetch()} />
      ) : history.data?.length === 0 ? (
        <p className="text-base text-muted">Nothing was changed since it was made.</p>
      ) : history.data ? (
        <ol className="flex flex-col gap-2.5">
          {history.data.map((line) => (
            <li key={line.id} className="flex justify-between gap-4 text-base">
              <span className="min-w-0">
                <span className="font-medium">{line.actorName}</span> {verbs[line.action] ?? quotaText(line)}
              </span>
              <span className="shrink-0 text-muted">
                <RelativeTime at={line.at} zone={timeZone} />
              </span>
            </li>
          ))}
        </ol>
      ) : (
        <div className="flex flex-col gap-3">
          <Skeleton />
          <Skeleton className="w-2/3" />
        </div>
      )}
    </Card>
  )
}

/** "set its quota from $5.00 to none"; other actions by their own name. */
function quotaText({ action, before, after }: { action: string; before: unknown; after: unknown }): string {
  if (action !== 'key.set-quota') return action
  return `set its quota from ${amountIn(before)} to ${amountIn(after)}`
}

function amountIn(value: unknown): string {
  const quota = typeof value === 'object' && value !== null && 'quota' in value ? value.quota : null
  return typeof quota === 'string' && /^\d+$/.test(quota) ? moneyText(quota) : 'none'
}
