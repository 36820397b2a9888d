import type { Branch, ShownBudget } from './branches.ts'

/** A row of the treegrid: a scope with its first budget, one more budget of the scope above, or a line of words. */
export type GridRow = {
  key: string
  level: number
  /** Position among the rows of one parent, from 1, and how many these are. */
  place: { at: number; of: number }
  parent: string | null
  /** Undefined: there is nothing below. */
  expanded?: boolean
} & (
  | { kind: 'scope'; branch: Branch; budget: ShownBudget | null }
  | { kind: 'more'; branch: Branch; budget: ShownBudget }
  | { kind: 'heading'; text: string }
  | { kind: 'note'; text: string; failed?: () => void }
)

/** What is below a team, as far as it is known. */
export type Below = { branches: readonly Branch[] | undefined; cut: boolean; retry: (() => void) | undefined }

export type Forest = { teams: readonly Branch[]; roles: readonly Branch[] }

export const rolesKey = 'roles'

/** The visible rows of the tree, in order. `below` gives what was asked for of a team. */
export function gridRows(
  forest: Forest,
  expanded: ReadonlySet<string>,
  below: (teamId: string) => Below | undefined,
): GridRow[] {
  const rows = branchRows(forest.teams, { level: 1, parent: null }, expanded, below)
  if (forest.roles.length === 0) return rows
  const open = expanded.has(rolesKey)
  return [
    ...rows,
    {
      kind: 'heading',
      key: rolesKey,
      level: 1,
      place: { at: forest.teams.length + 1, of: forest.teams.length + 1 },
      parent: null,
      expanded: open,
      text: 'Organisation-wide roles',
    },
    ...(open ? branchRows(forest.roles, { level: 2, parent: rolesKey }, expanded, below) : []),
  ]
}

type Place = { level: number; parent: string | null }

function branchRows(
  branches: readonly Branch[],
  place: Place,
  expanded: ReadonlySet<string>,
  below: (teamId: string) => Below | undefined,
): GridRow[] {
  return branches.flatMap((branch, index): GridRow[] => {
    const key = `${place.parent ?? ''}/${branch.scope.kind}:${branch.scope.id}`
    const has = branch.children === 'lazy' || branch.children.length > 0
    const open = has && expanded.has(key)
    const common = { ...place, place: { at: index + 1, of: branches.length } }
    const [first = null, ...more] = branch.budgets
    return [
      { kind: 'scope', key, ...common, ...(has ? { expanded: open } : {}), branch, budget: first },
      ...more.map((budget): GridRow => {
        const id = `${key}#${budget.id}`
        return { kind: 'more', key: id, ...common, branch, budget }
      }),
      ...(open ? childRows(branch, { level: place.level + 1, parent: key }, expanded, below) : []),
    ]
  })
}

function childRows(
  branch: Branch,
  place: Place,
  expanded: ReadonlySet<string>,
  below: (teamId: string) => Below | undefined,
): GridRow[] {
  if (branch.children !== 'lazy') return branchRows(branch.children, place, expanded, below)
  const found = below(branch.scope.id)
  const note = (text: string, failed?: () => void): GridRow => ({
    kind: 'note',
    key: `${place.parent}/note`,
    ...place,
    place: { at: 1, of: 1 },
    text,
    ...(failed ? { failed } : {}),
  })
  if (found?.retry) return [note('What is below could not be loaded', found.retry)]
  if (!found?.branches) return [note('Loading…')]
  if (found.branches.length === 0) return [note('Nobody is in this team, and it has no keys')]
  const rows = branchRows(found.branches, place, expanded, below)
  return found.cut ? [...rows, note('Only the first 500 people and keys are listed')] : rows
}
