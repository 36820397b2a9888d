'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { moneyText } from '#ui/money-text.ts'
import { toast } from '#ui/toast.tsx'
import type { Branch, ShownBudget } from '../branches.ts'
import { periodWords, scopeNames } from '../words.ts'
import { RaiseDialog } from './raise-dialog.tsx'

export type Raised = { branch: Branch; budget: ShownBudget }

/** Gives a limit more until a time, without a request. */
export function GiveDialog({ branch: { scope }, budget, onClose }: Raised & { onClose: () => void }) {
  const { slug } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const give = useMutation(api.raises.give.mutationOptions())
  return (
    <RaiseDialog
      budget={budget}
      title="Temporary raise"
      description={`${scopeNames[scope.kind]} ${scope.name}, ${moneyText(budget.limit)} ${periodWords[budget.period]}`}
      action="Raise"
      onSend={async (values) => {
        await give.mutateAsync({ org: slug, ...values, subject: budget.subject })
        await Promise.all([
          queries.invalidateQueries(api.raises.pathFilter()),
          queries.invalidateQueries(api.budgets.pathFilter()),
        ])
        toast.done('Limit raised')
      }}
      onClose={onClose}
    />
  )
}
