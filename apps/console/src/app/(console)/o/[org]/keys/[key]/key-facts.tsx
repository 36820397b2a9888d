'use client'

import type { ReactNode } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { Card } from '#ui/card.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { KeyOwner } from '../keys-table.tsx'
import type { WholeKey } from '../listed-key.ts'

/** Whose the key is, what it may use and how long it lives. */
export function KeyFacts({ apiKey: key }: { apiKey: WholeKey }) {
  const { timeZone: zone } = useOrg()
  return (
    <Card title="About">
      <dl className="flex flex-col gap-2.5 text-base">
        <Fact name="Owner">
          <KeyOwner owner={key.member} />
        </Fact>
        <Fact name="Team">{key.team.name}</Fact>
        <Fact name="Last used">
          <RelativeTime at={key.lastUsedAt} zone={zone} />
        </Fact>
        <Fact name="Expires">
          <RelativeTime at={key.expiresAt} zone={zone} />
        </Fact>
        <Fact name="Created">
          <RelativeTime at={key.createdAt} zone={zone} />
        </Fact>
        {key.createdBy === null ? null : <Fact name="Created by">{key.createdBy}</Fact>}
        <Fact name="Models">
          {key.allowedModels === null ? (
            'All of the organisation'
          ) : (
            <ul className="flex flex-col items-end gap-0.5 font-mono text-sm break-all">
              {key.allowedModels.map((pattern) => (
                <li key={pattern}>{pattern}</li>
              ))}
            </ul>
          )}
        </Fact>
      </dl>
    </Card>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="flex justify-between gap-4">
    <dt className="shrink-0 text-muted">{name}</dt>
    <dd className="min-w-0 truncate text-right">{children}</dd>
  </div>
)
