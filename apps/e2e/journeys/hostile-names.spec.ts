import { ask } from '../src/ask.ts'
import { createKey } from '../src/create-key.ts'
import { expect, test } from '../src/journey.ts'
import { named } from '../src/named.ts'
import { sumsOfKey } from '../src/postgres-records.ts'
import { signIn } from '../src/sign-in.ts'

test('names that are scripts or formulas stay names: on every page, and in a spreadsheet', async ({ page, demo }) => {
  const team = named('<script>alert("team")</script>')
  const formula = named('=HYPERLINK("http://evil.example","x")')
  const image = named('"><img src=x onerror=alert(1)>')
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })

  await signIn(page, demo, 'owner', '/o/acme/teams')
  await page.getByRole('tab', { name: /^Teams/ }).click()
  await page.getByRole('button', { name: 'Create team' }).click()
  const creating = page.getByRole('dialog', { name: 'Create team' })
  await creating.getByRole('textbox', { name: 'Name' }).fill(team)
  await creating.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('table', { name: 'Teams' })).toContainText(team)

  await page.getByRole('link', { name: 'Keys', exact: true }).click()
  for (const name of [formula, image]) {
    const secret = await createKey(page, { name, team, quota: '1' })
    expect((await ask(demo, secret)).status).toBe(200)
    await expect.poll(() => sumsOfKey(demo, name)).toMatchObject({ rows: 1, statuses: { 200: 1 } })
  }
  await expect(page.getByRole('row').filter({ hasText: formula })).toContainText(team)

  const shows: readonly (readonly [path: string, ...names: string[]])[] = [
    ['/o/acme', team],
    ['/o/acme/requests', formula, image, team],
    ['/o/acme/usage?range=today&by=team', team],
    ['/o/acme/usage?range=today&by=key', formula, image],
    ['/o/acme/budgets', team],
    ['/o/acme/audit', formula, image],
  ]
  for (const [path, ...names] of shows) {
    await page.goto(demo.console + path)
    for (const name of names) await expect(page.getByRole('main')).toContainText(name)
  }
  expect(dialogs).toEqual([])

  const download = await page.request.get(`${demo.console}/o/acme/usage/export?range=today&by=key`)
  const lines = (await download.text()).split('\r\n')
  const cell = (name: string) => `"${name.replaceAll('"', '""')}"`
  expect(lines.filter((line) => line.includes(cell(`'${formula}`)))).toHaveLength(1)
  expect(lines.filter((line) => line.includes(cell(image)))).toHaveLength(1)
  expect(lines.filter((line) => /(^|,)"?[=+@]/.test(line))).toEqual([])
})
