'use client'

import { scopeKind } from '@tollkeeper/domain/scope'
import { budgetPeriod } from '@tollkeeper/domain/time'
import type { SeenRequest } from '../../requests/[id]/seen-request.ts'
import { AskForRaise } from './ask-for-raise.tsx'

/** "Request a raise" of the limit that refused a request. */
export function AskAboutRefusal({ request }: { request: Pick<SeenRequest, 'id' | 'refusal'> }) {
  const { scope, period } = request.refusal ?? {}
  const kind = scopeKind.safeParse(scope?.kind)
  if (!scope || !kind.success) return null
  const of = budgetPeriod.safeParse(period)
  return (
    <AskForRaise
      scope={{ kind: kind.data, id: scope.id }}
      period={of.success ? of.data : undefined}
      refusedRequest={request.id}
    />
  )
}
