'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Budget } from '@tollkeeper/domain/budget'
import type { RequestId } from '@tollkeeper/domain/id'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { toast } from '#ui/toast.tsx'
import { periodWords, scopeNames } from '../words.ts'
import { RaiseDialog } from './raise-dialog.tsx'

export type AskDialogProps = {
  budget: Pick<Budget, 'id' | 'period' | 'scope'>
  refusedRequest: RequestId | null
  onClose: () => void
}

/** Asks for more on a limit. */
export function AskDialog({ budget, refusedRequest, onClose }: AskDialogProps) {
  const { slug } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const ask = useMutation(api.raises.ask.mutationOptions())
  return (
    <RaiseDialog
      budget={budget}
      title="Request a raise"
      description={`${scopeNames[budget.scope.kind]} ${budget.scope.name}, limit ${periodWords[budget.period]}`}
      action="Send request"
      onSend={async (values) => {
        await ask.mutateAsync({ org: slug, ...values, refusedRequest })
        await queries.invalidateQueries(api.raises.pathFilter())
        toast.done('Raise requested')
      }}
      onClose={onClose}
    />
  )
}
