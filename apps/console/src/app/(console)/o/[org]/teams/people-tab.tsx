'use client'

import { useMutation } from '@tanstack/react-query'
import { Ellipsis, Search, Users } from 'lucide-react'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { IconButton } from '#ui/icon-button.tsx'
import { Input } from '#ui/input.tsx'
import { Menu, MenuItem } from '#ui/menu.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { toast } from '#ui/toast.tsx'
import { ExplainDialog } from '../budgets/explain/explain-dialog.tsx'
import { accessWords } from './access-words.ts'
import { useRefresh, type Everything, type Person } from './everything.ts'
import { PersonDialog } from './person-dialog.tsx'
import { RemoveDialog } from './remove-dialog.tsx'

/** People with their access, teams and jobs, and the invitations that are still open. */
export function PeopleTab({ everything }: { everything: Everything }) {
  const { can, memberId } = useOrg()
  const [search, setSearch] = useState('')
  const [edited, setEdited] = useState<Person | null>(null)
  const [explained, setExplained] = useState<Person | null>(null)
  const [leaving, setLeaving] = useState<Person | null>(null)
  const wanted = search.trim().toLowerCase()
  const people = everything.people.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(wanted))
  const manages = can('member.manage') !== null
  const columns: Column<Person>[] = [
    {
      key: 'name',
      header: 'Person',
      lead: true,
      cell: (person) => (
        <span className="flex min-w-0 flex-col items-start text-left">
          <span className="max-w-64 truncate">
            {person.name}
            {person.id === memberId ? <span className="font-normal text-faint"> (you)</span> : null}
          </span>
          <span className="max-w-64 truncate text-sm font-normal text-faint">{person.email}</span>
        </span>
      ),
    },
    { key: 'access', header: 'Access', cell: (person) => <Badge>{accessWords[person.access].word}</Badge> },
    {
      key: 'teams',
      header: 'Teams',
      cell: (person) =>
        person.teams.length === 0 ? (
          <span className="text-faint">None</span>
        ) : (
          person.teams.map((team) => (team.lead ? `${team.name} (lead)` : team.name)).join(', ')
        ),
    },
    {
      key: 'role',
      header: 'Job role',
      cell: (person) => person.role?.name ?? <span className="text-faint">None</span>,
    },
    {
      key: 'state',
      header: 'Sign-in',
      cell: (person) => (person.signedIn ? 'Has an account' : <span className="text-faint">Not yet</span>),
    },
    ...(manages
      ? [
          {
            key: 'menu',
            header: 'Actions',
            action: true,
            align: 'end' as const,
            cell: (person: Person) => (
              <Menu
                trigger={
                  <IconButton label={`Actions for ${person.name}`}>
                    <Ellipsis aria-hidden />
                  </IconButton>
                }
              >
                <MenuItem onSelect={() => setEdited(person)}>Edit</MenuItem>
                <MenuItem onSelect={() => setExplained(person)}>Explain limits</MenuItem>
                {everything.managesAll && person.id !== memberId ? (
                  <MenuItem danger onSelect={() => setLeaving(person)}>
                    Remove
                  </MenuItem>
                ) : null}
              </Menu>
            ),
          },
        ]
      : []),
  ]
  return (
    <div className="flex flex-col gap-4">
      <div className="max-w-xs">
        <Input
          type="search"
          aria-label="Search people"
          placeholder="Name or e-mail"
          prefix={<Search aria-hidden className="size-4" />}
          className="pl-9"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <Card flush>
        <Table
          caption="People"
          columns={columns}
          rows={people}
          rowKey={(person) => person.id}
          empty={
            <EmptyState
              icon={<Users />}
              title="Nobody matches"
              action={<Button onClick={() => setSearch('')}>Clear search</Button>}
            />
          }
        />
      </Card>
      <OpenInvites invites={everything.invites} />
      {edited ? <PersonDialog person={edited} everything={everything} onClose={() => setEdited(null)} /> : null}
      {explained ? (
        <ExplainDialog
          subject={{ kind: 'user', id: explained.id, teamId: null }}
          scope={null}
          about={`Person ${explained.name}`}
          onClose={() => setExplained(null)}
        />
      ) : null}
      {leaving ? <RemoveDialog person={leaving} onClose={() => setLeaving(null)} /> : null}
    </div>
  )
}

function OpenInvites({ invites }: { invites: Everything['invites'] }) {
  const { slug, timeZone } = useOrg()
  const refresh = useRefresh()
  const revoke = useMutation(useApi().teams.revokeInvite.mutationOptions())
  if (invites.length === 0) return null
  const withdraw = async (id: string) => {
    try {
      await revoke.mutateAsync({ org: slug, id })
      toast.done('Invitation withdrawn')
    } catch (error) {
      toast.failed(failureOf(error).message)
    }
    await refresh()
  }
  return (
    <Card title="Open invitations" flush>
      <Table
        caption="Open invitations"
        columns={[
          { key: 'email', header: 'E-mail', lead: true, cell: (invite) => invite.email },
          { key: 'access', header: 'Access', cell: (invite) => <Badge>{accessWords[invite.access].word}</Badge> },
          {
            key: 'expires',
            header: 'Expires',
            cell: (invite) => <RelativeTime at={invite.expiresAt} zone={timeZone} />,
          },
          {
            key: 'withdraw',
            header: 'Actions',
            action: true,
            align: 'end',
            cell: (invite) => (
              <Button
                size="sm"
                onClick={() => void withdraw(invite.id)}
                aria-label={`Withdraw the invitation of ${invite.email}`}
              >
                Withdraw
              </Button>
            ),
          },
        ]}
        rows={invites}
        rowKey={(invite) => invite.id}
      />
    </Card>
  )
}
