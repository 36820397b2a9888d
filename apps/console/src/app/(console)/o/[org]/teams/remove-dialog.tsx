'use client'

import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf, type ApiFailure } from '#trpc/failed.ts'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { toast } from '#ui/toast.tsx'
import { useRefresh, type Person } from './everything.ts'

/** Asks before somebody leaves, and names the keys that stop with them. */
export function RemoveDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const { slug } = useOrg()
  const api = useApi()
  const refresh = useRefresh()
  const keys = useQuery(api.teams.keysOf.queryOptions({ org: slug, id: person.id }))
  const remove = useMutation(api.teams.removePerson.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const confirm = async () => {
    setFailure(undefined)
    try {
      await remove.mutateAsync({ org: slug, id: person.id })
      toast.done(`${person.name} was removed`)
      await refresh()
      onClose()
    } catch (error) {
      setFailure(failureOf(error))
    }
  }
  const names = keys.data?.map((key) => `“${key.name}”`) ?? []
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Remove ${person.name}?`}
      action="Remove"
      danger
      busy={remove.isPending}
      onConfirm={() => void confirm()}
    >
      <div className="flex flex-col gap-3 text-base">
        <p>They can no longer open this organisation. What they spent stays in every report.</p>
        <p>
          {keys.data === undefined
            ? 'Looking for their keys…'
            : names.length === 0
              ? 'They have no active keys.'
              : `${names.length === 1 ? 'Their key stops' : `Their ${names.length} keys stop`} at once: ${names.join(', ')}.`}
        </p>
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
      </div>
    </ConfirmDialog>
  )
}
