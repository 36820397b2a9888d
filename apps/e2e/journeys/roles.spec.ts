import { headOf } from '../src/budget-row.ts'
import { callProcedure } from '../src/console-calls.ts'
import { expect, test } from '../src/journey.ts'
import { placeNames, places, type Place } from '../src/places.ts'
import { idsOf } from '../src/postgres-records.ts'
import { signIn, type Who } from '../src/sign-in.ts'

/** The places that somebody does not find. */
const closedTo: readonly (readonly [who: Who, closed: readonly Place[]])[] = [
  ['admin', []],
  ['lead', ['Providers', 'Audit log', 'Settings']],
  ['developer', ['Teams & members', 'Providers', 'Audit log', 'Settings']],
  ['finance', ['Connect', 'Keys', 'Providers', 'Audit log', 'Settings']],
  ['auditor', []],
]

for (const [who, closed] of closedTo) {
  test(`the ${who} finds ${placeNames.length - closed.length} of ${placeNames.length} places, and the others do not open`, async ({
    page,
    demo,
  }) => {
    await signIn(page, demo, who, '/o/acme')
    const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link')
    await expect(links).toHaveText(placeNames.filter((place) => !closed.includes(place)))
    for (const place of closed) {
      await page.goto(`${demo.console}/o/acme${places[place]}`)
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`“${place}” is not part of your access`)
    }
  })
}

test('a developer sees only keys, requests and spend of their own', async ({ page, demo }) => {
  await signIn(page, demo, 'developer', '/o/acme/keys')
  const keys = page
    .getByRole('table', { name: 'Keys' })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader') })
  await expect(keys.first()).toBeVisible()
  for (const text of await keys.allInnerTexts()) expect(text).toContain('Mikko Virtanen')

  await page.getByRole('link', { name: 'Requests', exact: true }).click()
  const requests = page
    .getByRole('table', { name: 'Requests' })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader') })
  await expect(requests.first()).toContainText('Mikko Virtanen')
  for (const text of await requests.allInnerTexts()) expect(text).toContain('Mikko Virtanen')

  await page.getByRole('link', { name: 'Usage', exact: true }).click()
  await page.getByRole('combobox', { name: 'Group by' }).selectOption({ label: 'Person' })
  const usage = page.getByRole('table', { name: 'Usage by person' })
  await expect(usage.getByRole('rowheader')).toHaveText([/^Mikko Virtanen/, 'Total'])
  await expect(page.getByRole('button', { name: 'Export' }).or(page.getByRole('link', { name: 'Export' }))).toHaveCount(
    0,
  )

  const { key } = await idsOf(demo, 'acme')
  for (const name of ['query keys.one', 'mutation keys.revoke'] as const) {
    expect(await callProcedure(page.request, demo, name, { org: 'acme', id: key })).toMatchObject({ status: 404 })
  }
  for (const name of ['query settings.read', 'query usage.exportRows', 'mutation teams.invite'] as const) {
    expect(await callProcedure(page.request, demo, name, { org: 'acme' })).toMatchObject({ status: 403 })
  }
})

test('a lead sees the own team, and manages no key of another', async ({ page, demo }) => {
  await signIn(page, demo, 'lead', '/o/acme/keys')
  const keys = page
    .getByRole('table', { name: 'Keys' })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader') })
  await expect(keys.first()).toBeVisible()
  for (const text of await keys.allInnerTexts()) expect(text).toContain('Platform')
  await page.getByRole('link', { name: 'Budgets', exact: true }).click()
  const grid = page.getByRole('treegrid', { name: 'Budgets' })
  await expect(grid.getByRole('rowheader', headOf('Platform'))).toBeVisible()
  await expect(grid.getByRole('rowheader', headOf('Checkout'))).toHaveCount(0)
})

test('finance reads and exports money everywhere, and has no keys to manage', async ({ page, demo }) => {
  await signIn(page, demo, 'finance', '/o/acme/usage')
  await page.getByRole('combobox', { name: 'Group by' }).selectOption({ label: 'Key' })
  const table = page.getByRole('table', { name: 'Usage by key' })
  await expect(table.getByRole('row', { name: /Nightly batch/ })).toBeVisible()
  const downloading = page.waitForEvent('download')
  await page
    .getByRole('button', { name: 'Export' })
    .or(page.getByRole('link', { name: 'Export' }))
    .click()
  expect((await downloading).suggestedFilename()).toMatch(/^usage-acme-by-key.*\.csv$/)

  await page.getByRole('link', { name: 'Budgets', exact: true }).click()
  const grid = page.getByRole('treegrid', { name: 'Budgets' })
  await expect(grid.getByRole('rowheader', headOf('Checkout'))).toBeVisible()
  await expect(grid.getByRole('button', { name: 'Edit limit' })).toHaveCount(0)
  for (const name of ['query keys.list', 'mutation keys.create', 'mutation budgets.set'] as const) {
    expect(await callProcedure(page.request, demo, name, { org: 'acme' })).toMatchObject({ status: 403 })
  }
})

test('an auditor reads settings, providers and keys, and changes nothing', async ({ page, demo }) => {
  await signIn(page, demo, 'auditor', '/o/acme/settings')
  await expect(page.getByRole('main')).toContainText('Read only')
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeDisabled()

  await page.getByRole('link', { name: 'Keys', exact: true }).click()
  await expect(page.getByRole('table', { name: 'Keys' }).getByRole('rowheader').first()).toBeVisible()
  await expect(page.getByRole('button', { name: /^(Create key|Actions for .*)$/ })).toHaveCount(0)

  await page.getByRole('link', { name: 'Providers', exact: true }).click()
  const models = page.getByRole('table', { name: /^Models of/ })
  await expect(models.getByRole('row', { name: /gpt-4o-mini/ })).toBeVisible()
  await expect(
    page.getByRole('button', { name: /^(Add provider|Verify|Sync limits|Change price|Turn off)$/ }),
  ).toHaveCount(0)

  await page.getByRole('link', { name: 'Audit log', exact: true }).click()
  const log = page.getByRole('table', { name: 'Audit log' })
  await expect(log.getByRole('row', { name: /Anton Berg budget\.set/ }).first()).toBeVisible()

  const { key } = await idsOf(demo, 'acme')
  for (const name of ['mutation keys.revoke', 'mutation settings.update', 'mutation providers.add'] as const) {
    expect(await callProcedure(page.request, demo, name, { org: 'acme', id: key })).toMatchObject({ status: 403 })
  }
})
