import { ask } from '../src/ask.ts'
import { createKey } from '../src/create-key.ts'
import { expect, test } from '../src/journey.ts'
import { named } from '../src/named.ts'
import { signIn } from '../src/sign-in.ts'

/** What "takes effect at once" means to whoever clicks (design.md 7). */
const atOnce = { timeout: 1_000, intervals: [50] }

test('a revoked key is refused with 401 within a second', async ({ page, demo }) => {
  const name = named('Leaked in a ticket')
  await signIn(page, demo, 'owner', '/o/acme/keys')
  const secret = await createKey(page, { name, team: 'Platform', quota: '5' })
  expect((await ask(demo, secret)).status).toBe(200)

  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Revoke' }).click()
  const asking = page.getByRole('alertdialog', { name: `Revoke “${name}”?` })
  await asking.getByRole('textbox', { name: `Type “${name}” to confirm` }).fill(name)
  const revoked = page.waitForResponse((answer) => answer.url().includes('keys.revoke'))
  await asking.getByRole('button', { name: 'Revoke' }).click()
  expect((await revoked).status()).toBe(200)

  await expect.poll(async () => (await ask(demo, secret)).status, atOnce).toBe(401)
  const { body } = await ask(demo, secret)
  expect(body).toMatchObject({ error: { code: 'invalid_api_key', message: expect.stringContaining('was revoked') } })
  await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('Revoked')
})

test('a disabled key is refused within a second and answers again once it is enabled', async ({ page, demo }) => {
  const name = named('On holiday')
  await signIn(page, demo, 'owner', '/o/acme/keys')
  const secret = await createKey(page, { name, team: 'Platform', quota: '5' })
  const menu = page.getByRole('button', { name: `Actions for ${name}` })

  await menu.click()
  await page.getByRole('menuitem', { name: 'Disable' }).click()
  await expect(page.getByText(`“${name}” is disabled`)).toBeVisible()
  await expect.poll(async () => (await ask(demo, secret)).status, atOnce).toBe(401)

  await menu.click()
  await page.getByRole('menuitem', { name: 'Enable' }).click()
  await expect(page.getByText(`“${name}” is enabled`)).toBeVisible()
  await expect.poll(async () => (await ask(demo, secret)).status, atOnce).toBe(200)
})
