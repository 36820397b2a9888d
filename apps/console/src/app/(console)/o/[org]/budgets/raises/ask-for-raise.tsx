'use client'

import { useQuery } from '@tanstack/react-query'
import type { RequestId } from '@tollkeeper/domain/id'
import type { Scope } from '@tollkeeper/domain/scope'
import type { BudgetPeriod } from '@tollkeeper/domain/time'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { AskDialog } from './ask-dialog.tsx'

export type AskForRaiseProps = {
  scope: Scope
  /** The limit that is meant; without it the one with the shortest period. */
  period?: BudgetPeriod | undefined
  /** The refused request that it is about. */
  refusedRequest?: RequestId
  /** In a grid only the row that Tab reaches has its buttons in the order of Tab. */
  tabIndex?: number
}

/** "Request a raise" of a limit of this scope, for those who may ask for one. Says so when they have asked already. */
export function AskForRaise({ scope, period, refusedRequest, tabIndex }: AskForRaiseProps) {
  const { slug, can } = useOrg()
  const [asking, setAsking] = useState(false)
  const asked = { org: slug, scope: { kind: scope.kind, id: scope.id } }
  const may = can('raise.request') !== null
  const { data } = useQuery({ ...useApi().raises.askable.queryOptions(asked), enabled: may })
  const budget = data?.find((each) => period === undefined || each.period === period)
  if (!may || !budget) return null
  return (
    <>
      <Button
        size="sm"
        tabIndex={tabIndex}
        disabled={budget.asked}
        title={budget.asked ? 'You have asked already; somebody has to decide first' : undefined}
        onClick={() => setAsking(true)}
      >
        {budget.asked ? 'Raise requested' : 'Request a raise'}
      </Button>
      {asking ? (
        <AskDialog budget={budget} refusedRequest={refusedRequest ?? null} onClose={() => setAsking(false)} />
      ) : null}
    </>
  )
}
