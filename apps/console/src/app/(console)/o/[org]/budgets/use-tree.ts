'use client'

import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { counterKey } from './counter-key.ts'
import { gridRows, rolesKey, type Below, type GridRow } from './grid-rows.ts'
import { mostLiveCounters } from './inputs.ts'

/** Numbers are never older than two seconds while the page is looked at. */
const liveMs = 1_500
const treeMs = 30_000

export type LiveNumbers = ReadonlyMap<string, { used: bigint; held: bigint; endMs: number }>

/** The tree, what of it is open, and the numbers of what is visible, renewed unless paused. */
export function useTree(paused: boolean) {
  const { slug } = useOrg()
  const api = useApi()
  const tree = useQuery({ ...api.budgets.tree.queryOptions({ org: slug }), refetchInterval: treeMs })
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map())
  const { data } = tree
  const expanded = useMemo(() => openKeys(data?.teams ?? [], toggled), [data, toggled])
  const openTeams = [...expanded].flatMap((key) => /\/team:([^/]+)$/.exec(key)?.[1] ?? [])
  const teams = useQueries({
    queries: openTeams.map((teamId) => ({
      ...api.budgets.team.queryOptions({ org: slug, teamId }),
      refetchInterval: treeMs,
    })),
  })
  const below = (teamId: string): Below | undefined => {
    const query = teams[openTeams.indexOf(teamId)]
    if (!query) return undefined
    const retry = query.isError ? () => void query.refetch() : undefined
    return { branches: query.data?.branches, cut: query.data?.cut ?? false, retry }
  }
  const rows: GridRow[] | undefined = data && gridRows(data, expanded, below)
  const asked = countersIn(rows ?? [])
  const live = useQuery({
    ...api.budgets.live.queryOptions({ org: slug, counters: asked.join(',') }),
    enabled: asked.length > 0 && !paused,
    refetchInterval: liveMs,
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
  const numbers: LiveNumbers = new Map(live.data?.counters.map((each) => [each.id, each]))
  return {
    tree,
    rows,
    numbers,
    /** False while the counters cannot be read and the ledger stands in for them. */
    isLive: live.data?.live ?? data?.live ?? true,
    liveFailed: live.isError,
    toggle: (key: string, open: boolean) => setToggled((before) => new Map(before).set(key, open)),
  }
}

/** Open unless closed: the organisation and the roles. Everything else is closed unless opened. */
function openKeys(
  top: readonly { scope: { kind: string; id: string } }[],
  toggled: ReadonlyMap<string, boolean>,
): ReadonlySet<string> {
  const open = new Set([rolesKey, ...top.filter((each) => each.scope.kind !== 'team').map(keyOfTop)])
  const only = top.length <= 2 ? top.filter((each) => each.scope.kind === 'team') : []
  for (const each of only) open.add(keyOfTop(each))
  for (const [key, isOpen] of toggled) {
    if (isOpen) open.add(key)
    else open.delete(key)
  }
  return open
}

const keyOfTop = ({ scope }: { scope: { kind: string; id: string } }): string => `/${scope.kind}:${scope.id}`

const countersIn = (rows: readonly GridRow[]): string[] =>
  [
    ...new Set(
      rows.flatMap((row) =>
        (row.kind === 'scope' || row.kind === 'more') && row.budget?.standing
          ? [counterKey(row.budget.id, row.budget.subject)]
          : [],
      ),
    ),
  ].slice(0, mostLiveCounters)
