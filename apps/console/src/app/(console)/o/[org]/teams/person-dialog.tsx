'use client'

import { useMutation } from '@tanstack/react-query'
import type { RoleId, TeamId } from '@tollkeeper/domain/id'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Checkbox } from '#ui/checkbox.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'
import { accessWords } from './access-words.ts'
import { useRefresh, type Everything, type Person } from './everything.ts'

type Place = 'out' | 'in' | 'lead'

/** Access, job and teams of somebody. What the viewer may not change is shown and disabled. */
export function PersonDialog({
  person,
  everything,
  onClose,
}: {
  person: Person
  everything: Everything
  onClose: () => void
}) {
  const { slug } = useOrg()
  const refresh = useRefresh()
  const save = useMutation(useApi().teams.changePerson.mutationOptions())
  const [access, setAccess] = useState(person.access)
  const [roleId, setRoleId] = useState<RoleId | null>(person.role?.id ?? null)
  const [places, setPlaces] = useState<ReadonlyMap<TeamId, Place>>(
    new Map(person.teams.map((team) => [team.id, team.lead ? 'lead' : 'in'])),
  )
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const put = (id: TeamId, place: Place) => setPlaces(new Map([...places, [id, place]]))
  const mayAccess = everything.managesAll && everything.grantable.includes(person.access)
  const submit = async () => {
    setFailure(undefined)
    const inTeams = [...places].filter(([, place]) => place !== 'out')
    try {
      await save.mutateAsync({
        org: slug,
        id: person.id,
        access,
        roleId,
        teamIds: inTeams.map(([id]) => id),
        leads: inTeams.filter(([, place]) => place === 'lead').map(([id]) => id),
      })
      toast.done('Saved')
      await refresh()
      onClose()
    } catch (error) {
      setFailure(failureOf(error))
    }
  }
  const { groups, ungrouped } = everything.roles
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={person.name}
      description={person.email}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
        <Field label="Access" hint={accessWords[access].means}>
          <Select
            value={access}
            disabled={!mayAccess}
            onChange={(event) =>
              setAccess(everything.grantable.find((each) => each === event.target.value) ?? person.access)
            }
          >
            {(mayAccess ? everything.grantable : [person.access]).map((each) => (
              <option key={each} value={each}>
                {accessWords[each].word}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="Job role" hint="Limits of this role and its group count for their keys">
          <Select
            value={roleId ?? ''}
            disabled={!everything.managesAll}
            onChange={(event) => {
              const all = [...ungrouped, ...groups.flatMap((group) => group.roles)]
              setRoleId(all.find((role) => role.id === event.target.value)?.id ?? null)
            }}
          >
            <option value="">None</option>
            {groups.map((group) => (
              <optgroup key={group.id} label={group.name}>
                {group.roles.map((role) => (
                  <option key={role.id} value={role.id}>
                    {role.name}
                  </option>
                ))}
              </optgroup>
            ))}
            {ungrouped.map((role) => (
              <option key={role.id} value={role.id}>
                {role.name}
              </option>
            ))}
          </Select>
        </Field>
        <fieldset className="flex flex-col gap-2.5">
          <legend className="mb-2 text-sm font-medium">Teams</legend>
          {everything.teams.length === 0 ? <p className="text-base text-muted">There is no team yet.</p> : null}
          {everything.teams.map((team) => {
            const place = places.get(team.id) ?? 'out'
            return (
              <div key={team.id} className="flex items-center justify-between gap-4">
                <Checkbox
                  label={team.name}
                  checked={place !== 'out'}
                  onCheckedChange={(on) => put(team.id, on === true ? 'in' : 'out')}
                />
                {place === 'out' ? null : (
                  <Checkbox
                    label={`Leads ${team.name}`}
                    checked={place === 'lead'}
                    onCheckedChange={(on) => put(team.id, on === true ? 'lead' : 'in')}
                  />
                )}
              </div>
            )
          })}
        </fieldset>
      </div>
    </Dialog>
  )
}
