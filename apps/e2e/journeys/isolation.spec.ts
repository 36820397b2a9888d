import { ask } from '../src/ask.ts'
import { callProcedure } from '../src/console-calls.ts'
import { expect, test } from '../src/journey.ts'
import { places } from '../src/places.ts'
import { idsOf } from '../src/postgres-records.ts'
import { signIn } from '../src/sign-in.ts'

/** The browser says so when a page answers with 404; here that is what is wanted. */
test.use({ expectedComplaints: [/status of 404/] })

const procedures = [
  'query audit.list',
  'query budgets.tree',
  'mutation budgets.set',
  'query connect.basics',
  'mutation connect.sendTest',
  'query keys.list',
  'query keys.choices',
  'mutation keys.create',
  'query overview.month',
  'query overview.spend',
  'query overview.attention',
  'query providers.list',
  'mutation providers.add',
  'query requests.list',
  'query reratings.list',
  'query reratings.preview',
  'mutation reratings.start',
  'query requests.teams',
  'query settings.read',
  'mutation settings.update',
  'query teams.all',
  'mutation teams.createTeam',
  'mutation teams.invite',
  'query usage.report',
  'query usage.exportRows',
  'query verification.behind',
] as const

/** Each with the kind of thing whose id it takes. */
const aboutOne = [
  ['query keys.one', 'key'],
  ['query keys.spend', 'key'],
  ['query keys.recent', 'key'],
  ['query keys.history', 'key'],
  ['mutation keys.disable', 'key'],
  ['mutation keys.revoke', 'key'],
  ['query requests.one', 'request'],
  ['mutation teams.removePerson', 'member'],
  ['mutation teams.archiveTeam', 'team'],
] as const

test('whoever works at Globex sees nothing of Acme: neither pages, nor an export, nor a procedure', async ({
  page,
  demo,
}) => {
  await signIn(page, demo, 'owner of Globex', '/o/globex')
  await expect(page.getByRole('main')).not.toContainText('Data & AI')
  await page.getByRole('button', { name: 'Switch organisation' }).click()
  await expect(page.getByRole('menu')).toHaveText(/^Organisations\s*Globex$/)
  await page.keyboard.press('Escape')

  const acme = await idsOf(demo, 'acme')
  const pages = Object.values(places)
  for (const path of [...pages, '/usage/export?range=30d&by=team', `/keys/${acme.key}`, `/requests/${acme.request}`]) {
    const url = `${demo.console}/o/acme${path}`
    const answer = await page.request.get(url)
    expect({ url, status: answer.status() }).toEqual({ url, status: 404 })
    expect(await answer.text()).not.toMatch(/Data &amp; AI|Data & AI|Demo key|Olivia Laine/)
  }
  await page.goto(`${demo.console}/o/acme/keys`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is nothing here')

  for (const name of procedures) {
    const answer = await callProcedure(page.request, demo, name, { org: 'acme' })
    expect({ name, ...answer }).toEqual({ name, status: 404, message: 'There is no such organisation.' })
  }
})

test("Acme's ids lead nowhere inside Globex, and change nothing", async ({ page, demo }) => {
  await signIn(page, demo, 'owner of Globex', '/o/globex/keys')
  const acme = await idsOf(demo, 'acme')
  for (const [name, noun] of aboutOne) {
    const answer = await callProcedure(page.request, demo, name, { org: 'globex', id: acme[noun] })
    expect({ name, ...answer }).toEqual({ name, status: 404, message: expect.stringMatching(/^There is no such/) })
  }
  const demoKey = demo.keys.find(({ organisation }) => organisation === 'Acme')
  expect((await ask(demo, demoKey?.secret ?? '')).status).toBe(200)

  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('combobox', { name: 'Search' }).fill(acme.request)
  await expect(page.getByRole('option', { selected: true })).toHaveText(`Open ${acme.request}`)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toContainText('There is no such request')
})

test('whoever is not signed in is sent to sign in, and gets nothing before', async ({ page, demo }) => {
  for (const path of ['', '/keys', '/settings']) {
    await page.goto(`${demo.console}/o/acme${path}`)
    await expect(page).toHaveURL(`${demo.console}/sign-in?next=${encodeURIComponent(`/o/acme${path}`)}`)
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
  }
  expect(await callProcedure(page.request, demo, 'query keys.list', { org: 'acme' })).toMatchObject({ status: 401 })
  const download = await page.request.get(`${demo.console}/o/acme/usage/export?range=30d&by=team`)
  expect(download.status()).toBe(401)
})
