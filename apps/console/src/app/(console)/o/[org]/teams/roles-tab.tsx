'use client'

import { useMutation } from '@tanstack/react-query'
import type { RoleGroupId, RoleId } from '@tollkeeper/domain/id'
import { Briefcase, Ellipsis, Plus } from 'lucide-react'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Field } from '#ui/field.tsx'
import { IconButton } from '#ui/icon-button.tsx'
import { Menu, MenuItem } from '#ui/menu.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'
import { useRefresh, type Everything } from './everything.ts'
import { NameDialog } from './name-dialog.tsx'

type Role = Everything['roles']['ungrouped'][number]
type Open =
  | { kind: 'new group' }
  | { kind: 'group'; id: RoleGroupId; name: string }
  | { kind: 'new role'; group: RoleGroupId | null }
  | { kind: 'role'; role: Role }

/** Jobs across teams, in groups: limits can be set on both. Not what somebody may do in the console. */
export function RolesTab({ everything }: { everything: Everything }) {
  const { can } = useOrg()
  const [open, setOpen] = useState<Open | null>(null)
  const manages = can('member.manage') !== null && everything.managesAll
  const { groups, ungrouped } = everything.roles
  const isEmpty = groups.length === 0 && ungrouped.length === 0
  const newRole = manages ? (
    <Button icon={<Plus aria-hidden />} onClick={() => setOpen({ kind: 'new role', group: null })}>
      Create role
    </Button>
  ) : null
  return (
    <div className="flex flex-col gap-4">
      {isEmpty ? (
        <Card flush>
          <EmptyState icon={<Briefcase />} title="No job roles yet" action={newRole}>
            A role such as “Backend engineer” can carry a budget that holds for everybody with it, across teams.
          </EmptyState>
        </Card>
      ) : (
        <>
          {manages ? (
            <div className="flex justify-end gap-2">
              <Button onClick={() => setOpen({ kind: 'new group' })}>Create group</Button>
              {newRole}
            </div>
          ) : null}
          <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
            {groups.map((group) => (
              <Card
                key={group.id}
                title={group.name}
                actions={
                  manages ? (
                    <GroupMenu
                      id={group.id}
                      name={group.name}
                      onRename={() => setOpen({ kind: 'group', id: group.id, name: group.name })}
                      onAdd={() => setOpen({ kind: 'new role', group: group.id })}
                    />
                  ) : undefined
                }
              >
                <RoleList roles={group.roles} manages={manages} onEdit={(role) => setOpen({ kind: 'role', role })} />
              </Card>
            ))}
            {ungrouped.length > 0 ? (
              <Card title="Without a group">
                <RoleList roles={ungrouped} manages={manages} onEdit={(role) => setOpen({ kind: 'role', role })} />
              </Card>
            ) : null}
          </div>
        </>
      )}
      {open ? <RoleDialog open={open} everything={everything} onClose={() => setOpen(null)} /> : null}
    </div>
  )
}

function RoleList({
  roles,
  manages,
  onEdit,
}: {
  roles: readonly Role[]
  manages: boolean
  onEdit: (role: Role) => void
}) {
  const { slug } = useOrg()
  const refresh = useRefresh()
  const remove = useMutation(useApi().teams.removeRole.mutationOptions())
  if (roles.length === 0) return <p className="text-base text-muted">No role in it yet.</p>
  return (
    <ul className="flex flex-col gap-1">
      {roles.map((role) => (
        <li key={role.id} className="flex items-center justify-between gap-3">
          <span className="min-w-0 truncate text-base">{role.name}</span>
          <span className="flex shrink-0 items-center gap-1 text-sm text-faint tabular-nums">
            {role.members === 1 ? '1 person' : `${role.members} people`}
            {manages ? (
              <Menu
                trigger={
                  <IconButton label={`Actions for ${role.name}`}>
                    <Ellipsis aria-hidden />
                  </IconButton>
                }
              >
                <MenuItem onSelect={() => onEdit(role)}>Edit</MenuItem>
                <MenuItem danger onSelect={() => void attempt(remove.mutateAsync({ org: slug, id: role.id }), refresh)}>
                  Remove
                </MenuItem>
              </Menu>
            ) : null}
          </span>
        </li>
      ))}
    </ul>
  )
}

type GroupMenuProps = { id: RoleGroupId; name: string; onRename: () => void; onAdd: () => void }

function GroupMenu({ id, name, onRename, onAdd }: GroupMenuProps) {
  const { slug } = useOrg()
  const refresh = useRefresh()
  const remove = useMutation(useApi().teams.removeGroup.mutationOptions())
  return (
    <Menu
      trigger={
        <IconButton label={`Actions for ${name}`}>
          <Ellipsis aria-hidden />
        </IconButton>
      }
    >
      <MenuItem onSelect={onAdd}>Create role in it</MenuItem>
      <MenuItem onSelect={onRename}>Rename</MenuItem>
      <MenuItem danger onSelect={() => void attempt(remove.mutateAsync({ org: slug, id }), refresh)}>
        Remove; keep its roles
      </MenuItem>
    </Menu>
  )
}

async function attempt(work: Promise<unknown>, refresh: () => Promise<void>): Promise<void> {
  try {
    await work
    toast.done('Removed')
  } catch (error) {
    toast.failed(failureOf(error).message)
  }
  await refresh()
}

function RoleDialog({ open, everything, onClose }: { open: Open; everything: Everything; onClose: () => void }) {
  const { slug } = useOrg()
  const api = useApi()
  const createGroup = useMutation(api.teams.createGroup.mutationOptions())
  const renameGroup = useMutation(api.teams.renameGroup.mutationOptions())
  const createRole = useMutation(api.teams.createRole.mutationOptions())
  const changeRole = useMutation(api.teams.changeRole.mutationOptions())
  const [group, setGroup] = useState<RoleGroupId | null>(
    open.kind === 'role' ? open.role.roleGroupId : open.kind === 'new role' ? open.group : null,
  )
  if (open.kind === 'new group') {
    const save = (name: string) => createGroup.mutateAsync({ org: slug, name })
    return <NameDialog title="Create role group" action="Create group" onSave={save} onClose={onClose} />
  }
  if (open.kind === 'group') {
    const save = (name: string) => renameGroup.mutateAsync({ org: slug, id: open.id, name })
    return <NameDialog title="Rename role group" action="Rename" name={open.name} onSave={save} onClose={onClose} />
  }
  const id: RoleId | null = open.kind === 'role' ? open.role.id : null
  const save = (name: string) =>
    id === null
      ? createRole.mutateAsync({ org: slug, name, roleGroupId: group })
      : changeRole.mutateAsync({ org: slug, id, name, roleGroupId: group })
  return (
    <NameDialog
      title={id === null ? 'Create role' : 'Edit role'}
      action={id === null ? 'Create role' : 'Save'}
      name={open.kind === 'role' ? open.role.name : ''}
      onSave={save}
      onClose={onClose}
    >
      <Field label="Role group">
        <Select
          value={group ?? ''}
          onChange={(event) =>
            setGroup(everything.roles.groups.find((each) => each.id === event.target.value)?.id ?? null)
          }
        >
          <option value="">None</option>
          {everything.roles.groups.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </Select>
      </Field>
    </NameDialog>
  )
}
