'use client'

import { useMutation } from '@tanstack/react-query'
import { Ellipsis, Plus, Users } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { IconButton } from '#ui/icon-button.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Menu, MenuItem } from '#ui/menu.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { toast } from '#ui/toast.tsx'
import { useRefresh, type Everything, type Team } from './everything.ts'
import { NameDialog } from './name-dialog.tsx'

/** Teams with who is in them and how many keys they have. */
export function TeamsTab({ everything }: { everything: Everything }) {
  const { slug, can } = useOrg()
  const api = useApi()
  const create = useMutation(api.teams.createTeam.mutationOptions())
  const rename = useMutation(api.teams.renameTeam.mutationOptions())
  const [creating, setCreating] = useState(false)
  const [renamed, setRenamed] = useState<Team | null>(null)
  const [archived, setArchived] = useState<Team | null>(null)
  const manages = can('member.manage') !== null && everything.managesAll
  const button = manages ? (
    <Button icon={<Plus aria-hidden />} onClick={() => setCreating(true)}>
      Create team
    </Button>
  ) : null
  const leads = (team: Team) =>
    everything.people
      .filter((person) => person.teams.some((each) => each.id === team.id && each.lead))
      .map((person) => person.name)
  const columns: Column<Team>[] = [
    {
      key: 'name',
      header: 'Team',
      lead: true,
      cell: (team) => <span className="block max-w-64 truncate">{team.name}</span>,
    },
    {
      key: 'leads',
      header: 'Led by',
      cell: (team) => leads(team).join(', ') || <span className="text-faint">Nobody</span>,
    },
    { key: 'people', header: 'People', align: 'end', cell: (team) => team.members },
    {
      key: 'keys',
      header: 'Keys',
      align: 'end',
      cell: (team) =>
        can('key.read') === null ? (
          team.keys
        ) : (
          <Link href={`${paths.keys(slug)}?team=${team.id}`} className="underline-offset-2 hover:underline">
            {team.keys}
          </Link>
        ),
    },
    ...(manages
      ? [
          {
            key: 'menu',
            header: 'Actions',
            action: true,
            align: 'end' as const,
            cell: (team: Team) => (
              <Menu
                trigger={
                  <IconButton label={`Actions for ${team.name}`}>
                    <Ellipsis aria-hidden />
                  </IconButton>
                }
              >
                <MenuItem onSelect={() => setRenamed(team)}>Rename</MenuItem>
                <MenuItem danger onSelect={() => setArchived(team)}>
                  Archive
                </MenuItem>
              </Menu>
            ),
          },
        ]
      : []),
  ]
  return (
    <>
      {everything.teams.length > 0 && button ? <div className="mb-4 flex justify-end">{button}</div> : null}
      <Card flush>
        <Table
          caption="Teams"
          columns={columns}
          rows={everything.teams}
          rowKey={(team) => team.id}
          empty={
            <EmptyState icon={<Users />} title="No teams yet" action={button}>
              Keys belong to a team, and spend is shown per team.
            </EmptyState>
          }
        />
      </Card>
      {creating ? (
        <NameDialog
          title="Create team"
          action="Create team"
          onSave={(name) => create.mutateAsync({ org: slug, name })}
          onClose={() => setCreating(false)}
        />
      ) : null}
      {renamed ? (
        <NameDialog
          title="Rename team"
          action="Rename"
          name={renamed.name}
          onSave={(name) => rename.mutateAsync({ org: slug, id: renamed.id, name })}
          onClose={() => setRenamed(null)}
        />
      ) : null}
      {archived ? <ArchiveDialog team={archived} onClose={() => setArchived(null)} /> : null}
    </>
  )
}

function ArchiveDialog({ team, onClose }: { team: Team; onClose: () => void }) {
  const { slug } = useOrg()
  const refresh = useRefresh()
  const archive = useMutation(useApi().teams.archiveTeam.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const confirm = async () => {
    setFailure(undefined)
    try {
      await archive.mutateAsync({ org: slug, id: team.id })
      toast.done(`${team.name} was archived`)
      await refresh()
      onClose()
    } catch (error) {
      setFailure(failureOf(error))
    }
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Archive ${team.name}?`}
      action="Archive"
      danger
      busy={archive.isPending}
      onConfirm={() => void confirm()}
      {...(team.keys > 0 ? { typed: team.name } : {})}
    >
      <div className="flex flex-col gap-3 text-base">
        <p>
          {team.keys === 0
            ? 'It has no keys.'
            : `Its ${team.keys === 1 ? 'key stops' : `${team.keys} keys stop`} at once, and its limits end.`}{' '}
          What it spent stays in every report.
        </p>
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
      </div>
    </ConfirmDialog>
  )
}
