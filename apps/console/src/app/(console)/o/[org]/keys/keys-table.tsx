'use client'

import { KeyRound, Server, User } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { Button } from '#ui/button.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { KeyMenu } from './key-menu.tsx'
import { KeyQuota } from './key-quota.tsx'
import { StateBadge } from './key-state.tsx'
import type { ListedKey } from './listed-key.ts'

/** `sk-gw-…1a2b`: as much of a key as is ever shown again. */
export const KeyEnd = ({ last4 }: { last4: string }) => (
  <span className="font-mono text-xs font-normal whitespace-nowrap text-faint">sk-gw-…{last4}</span>
)

/** Whom a key belongs to: a person, or nobody. */
export const KeyOwner = ({ owner }: { owner: ListedKey['member'] }) => (
  <span className="inline-flex max-w-full min-w-0 items-center gap-1.5 [&_svg]:size-3.5 [&_svg]:shrink-0 [&_svg]:text-faint">
    {owner ? <User aria-hidden /> : <Server aria-hidden />}
    <span className="truncate">{owner?.name ?? 'Service'}</span>
  </span>
)

function ModelsText({ models }: { models: readonly string[] | null }) {
  if (models === null) return <span className="text-faint">All</span>
  const [first, ...rest] = models
  return (
    <span title={models.join('\n')} className="inline-flex max-w-40 gap-1">
      <span className="truncate font-mono text-xs leading-5">{first}</span>
      {rest.length > 0 ? <span className="shrink-0 text-sm text-faint">+{rest.length}</span> : null}
    </span>
  )
}

export type KeysTableProps = {
  /** Undefined while they load. */
  keys: readonly ListedKey[] | undefined
  stale: boolean
  /** The button that makes the first key; null for those who may not. */
  create: ReactNode
  /** Takes the filters away; absent when there are none. */
  onClear: (() => void) | undefined
}

export function KeysTable({ keys, stale, create, onClear }: KeysTableProps) {
  const { slug, timeZone } = useOrg()
  const columns: Column<ListedKey>[] = [
    {
      key: 'name',
      header: 'Key',
      lead: true,
      cell: (key) => (
        <span className="flex w-full max-w-60 min-w-0 flex-col items-start max-md:max-w-full">
          <Link href={paths.key(slug, key.id)} className="max-w-full truncate hover:underline">
            {key.name}
          </Link>
          <KeyEnd last4={key.last4} />
        </span>
      ),
    },
    {
      key: 'owner',
      header: 'Owner',
      cell: (key) => (
        <span className="flex max-w-44 min-w-0 flex-col max-md:max-w-56 max-md:items-end">
          <KeyOwner owner={key.member} />
          <span className="max-w-full truncate text-sm text-faint">{key.team.name}</span>
        </span>
      ),
    },
    {
      key: 'quota',
      header: 'Quota',
      cell: (key) => (
        <div className="w-56 max-xl:w-40">
          <KeyQuota quota={key.quota} label={`Quota of ${key.name}`} />
        </div>
      ),
    },
    { key: 'models', header: 'Models', cell: (key) => <ModelsText models={key.allowedModels} /> },
    { key: 'used', header: 'Last used', cell: (key) => <RelativeTime at={key.lastUsedAt} zone={timeZone} /> },
    {
      key: 'state',
      header: 'Status',
      cell: (key) => (
        <span className="flex flex-col items-start gap-0.5 max-md:items-end">
          <StateBadge state={key.state} />
          {key.expiresAt && key.state !== 'revoked' ? (
            <span className="text-sm text-faint">
              {key.state === 'expired' ? 'expired' : 'expires'} <RelativeTime at={key.expiresAt} zone={timeZone} />
            </span>
          ) : null}
        </span>
      ),
    },
    {
      key: 'menu',
      header: 'Actions',
      action: true,
      align: 'end',
      cell: (key) => <KeyMenu apiKey={key} />,
    },
  ]
  return (
    <Table
      caption="Keys"
      columns={columns}
      rows={keys}
      rowKey={(key) => key.id}
      stale={stale}
      empty={
        onClear ? (
          <EmptyState
            icon={<KeyRound />}
            title="No key matches"
            action={<Button onClick={onClear}>Clear filters</Button>}
          />
        ) : (
          <EmptyState icon={<KeyRound />} title="No keys yet" action={create}>
            An application needs one to call the gateway. You give it a quota, and it stops there.
          </EmptyState>
        )
      }
    />
  )
}
