'use client'

import { Pause, Play, Scale, TriangleAlert, Wallet } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { countText } from '#ui/count-text.ts'
import { EmptyState } from '#ui/empty-state.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import type { Branch, ShownBudget } from './branches.ts'
import { BudgetGrid } from './budget-grid.tsx'
import { EditDialog, type Edited } from './edit-dialog.tsx'
import { ExplainDialog } from './explain/explain-dialog.tsx'
import { GiveDialog, type Raised } from './raises/give-dialog.tsx'
import { RaisesLink } from './raises/raises-link.tsx'
import { RemoveDialog } from './remove-dialog.tsx'
import { useTree } from './use-tree.ts'
import { scopeNames } from './words.ts'
import { WhatIfDialog } from './what-if/what-if-dialog.tsx'

export function Budgets() {
  const { timeZone } = useOrg()
  const [paused, setPaused] = useState(false)
  const [edited, setEdited] = useState<Edited | undefined>()
  const [removed, setRemoved] = useState<{ branch: Branch; budget: ShownBudget } | undefined>()
  const [explained, setExplained] = useState<Branch | undefined>()
  const [tried, setTried] = useState<Edited | undefined>()
  const [raised, setRaised] = useState<Raised | undefined>()
  const { tree, rows, numbers, isLive, liveFailed, toggle } = useTree(paused)
  const { data } = tree
  const top = data?.teams[0]
  return (
    <>
      <PageHeader
        title="Budgets"
        description="Limits in USD. A request has to fit into every one on its way: organisation, team, role, person, key."
        actions={
          <>
            <RaisesLink />
            <Button
              icon={paused ? <Play aria-hidden /> : <Pause aria-hidden />}
              aria-pressed={paused}
              onClick={() => setPaused(!paused)}
            >
              {paused ? 'Resume live numbers' : 'Pause live numbers'}
            </Button>
          </>
        }
      />
      <div className="flex flex-col gap-4">
        {isLive && !liveFailed ? null : (
          <Notice icon={<TriangleAlert aria-hidden className="text-warn" />}>
            The live counters cannot be read right now. These are the numbers of the ledger; what running requests hold
            is not in them.
          </Notice>
        )}
        {data?.drift ? (
          <Notice icon={<Scale aria-hidden className="text-danger" />}>
            {countText(data.drift.count)} {data.drift.count === 1 ? 'counter differs' : 'counters differ'} from the
            ledger at the last check, <RelativeTime at={data.drift.at} zone={timeZone} />. Where it does, the ledger’s
            number is beside it.
          </Notice>
        ) : null}
        {data?.nothingLimited ? (
          <Card>
            <EmptyState
              icon={<Wallet aria-hidden />}
              title="No budgets yet — nothing is limited."
              action={
                top?.mayEdit ? (
                  <Button variant="primary" onClick={() => setEdited({ branch: top, budget: null })}>
                    Set an organisation budget
                  </Button>
                ) : null
              }
            >
              Teams, roles, people and keys can have limits of their own as well.
            </EmptyState>
          </Card>
        ) : null}
        {tree.isError ? (
          <InlineError {...failureOf(tree.error)} onRetry={() => void tree.refetch()} />
        ) : (
          <Card flush>
            <BudgetGrid
              rows={rows}
              numbers={numbers}
              isLive={isLive}
              actions={{
                toggle,
                edit: (branch, budget) => setEdited({ branch, budget }),
                raise: (branch, budget) => setRaised({ branch, budget }),
                add: (branch) => setEdited({ branch, budget: null }),
                remove: (branch, budget) => setRemoved({ branch, budget }),
                explain: setExplained,
                whatIf: (branch, budget) => setTried({ branch, budget }),
              }}
            />
          </Card>
        )}
      </div>
      {edited ? <EditDialog edited={edited} onClose={() => setEdited(undefined)} /> : null}
      {tried ? <WhatIfDialog edited={tried} onClose={() => setTried(undefined)} /> : null}
      {explained ? (
        <ExplainDialog
          scope={{ kind: explained.scope.kind, id: explained.scope.id }}
          about={`${scopeNames[explained.scope.kind]} ${explained.scope.name}`}
          onClose={() => setExplained(undefined)}
        />
      ) : null}
      {raised ? <GiveDialog {...raised} onClose={() => setRaised(undefined)} /> : null}
      {removed ? <RemoveDialog {...removed} onClose={() => setRemoved(undefined)} /> : null}
    </>
  )
}

const Notice = ({ icon, children }: { icon: ReactNode; children: ReactNode }) => (
  <div
    role="status"
    className="flex items-start gap-3 rounded-lg border border-line bg-surface px-4 py-3 [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0"
  >
    {icon}
    <p className="text-base">{children}</p>
  </div>
)
