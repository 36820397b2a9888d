'use client'

import { useQuery } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { Tabs } from '#ui/tabs.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { PeopleTab } from './people-tab.tsx'
import { RolesTab } from './roles-tab.tsx'
import { TeamsTab } from './teams-tab.tsx'

const views = ['people', 'teams', 'roles'] as const

/** Who belongs to the organisation, in which teams and jobs, and what they may do here. */
export function TeamsAndMembers() {
  const { slug, can } = useOrg()
  const [view, setView] = useQueryState('view', parseAsStringLiteral(views).withDefault('people'))
  const [inviting, setInviting] = useState(false)
  const query = useQuery(useApi().teams.all.queryOptions({ org: slug }))
  const everything = query.data
  return (
    <>
      <PageHeader
        title="Teams & members"
        description="People, the teams they spend for, and what each may do in this console."
        actions={
          can('role.grant') === null ? null : (
            <Button variant="primary" icon={<UserPlus aria-hidden />} onClick={() => setInviting(true)}>
              Invite person
            </Button>
          )
        }
      />
      {query.isError ? (
        <InlineError {...failureOf(query.error)} onRetry={() => void query.refetch()} />
      ) : everything === undefined ? (
        <Skeleton className="h-96 w-full rounded-lg" />
      ) : (
        <>
          <Tabs
            label="Teams & members"
            value={view}
            onChange={(next) => void setView(views.find((each) => each === next) ?? 'people')}
            tabs={[
              {
                value: 'people',
                label: `People (${everything.people.length})`,
                content: <PeopleTab everything={everything} />,
              },
              {
                value: 'teams',
                label: `Teams (${everything.teams.length})`,
                content: <TeamsTab everything={everything} />,
              },
              { value: 'roles', label: 'Job roles', content: <RolesTab everything={everything} /> },
            ]}
          />
          {inviting ? <InviteDialog everything={everything} onClose={() => setInviting(false)} /> : null}
        </>
      )}
    </>
  )
}
