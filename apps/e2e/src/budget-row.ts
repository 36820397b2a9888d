import type { Locator, Page } from '@playwright/test'

/** Columns of the treegrid behind the name. */
const columns = ['Limit', 'Period', 'Spent', 'Held now', 'Left'] as const

/**
 * The row of a scope on the Budgets page, where the browser has to be; the scopes above it are opened on the way.
 *
 * @param names from the team down: `Platform`, `Olivia Laine`, `Demo key`
 */
export async function budgetRow(page: Page, ...names: readonly [string, ...string[]]): Promise<Locator> {
  const grid = page.getByRole('treegrid', { name: 'Budgets' })
  const rowOf = (name: string) => grid.getByRole('row').filter({ has: page.getByRole('rowheader', headOf(name)) })
  for (const name of names.slice(0, -1)) await rowOf(name).getByRole('button', { name: 'Open' }).click()
  return rowOf(names.at(-1) ?? '')
}

/** How the head of a scope's own row is named; rows of further limits have a colon behind the name. */
export const headOf = (name: string) => ({ name: new RegExp(`^(Open |Close )?${RegExp.escape(name)}( |$)`) })

/** A figure of such a row. */
export const figure = (row: Locator, column: (typeof columns)[number]): Locator =>
  row.getByRole('gridcell').nth(columns.indexOf(column))
