'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { moneyText } from '#ui/money-text.ts'
import { toast } from '#ui/toast.tsx'
import type { Branch, ShownBudget } from './branches.ts'
import { periodWords } from './words.ts'

/** Asks before a limit is taken away. */
export function RemoveDialog({
  branch,
  budget,
  onClose,
}: {
  branch: Branch
  budget: ShownBudget
  onClose: () => void
}) {
  const { slug } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const remove = useMutation(api.budgets.remove.mutationOptions())
  const confirm = () =>
    remove.mutate(
      { org: slug, id: budget.id },
      {
        onSuccess: () => {
          void queries.invalidateQueries(api.budgets.pathFilter())
          toast.done('Limit removed')
          onClose()
        },
      },
    )
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={`Remove the limit of ${branch.scope.name}?`}
      action="Remove limit"
      busy={remove.isPending}
      onConfirm={confirm}
    >
      <p>
        Nothing holds {branch.scope.name} to {moneyText(budget.limit)} {periodWords[budget.period]} any more. Other
        limits above and below stay. A limit set later starts with what was spent by then.
      </p>
      {remove.isError ? <InlineError {...failureOf(remove.error)} /> : null}
    </ConfirmDialog>
  )
}
