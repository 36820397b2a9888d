import { ask } from '../src/ask.ts'
import { budgetRow, figure } from '../src/budget-row.ts'
import { createKey } from '../src/create-key.ts'
import { expect, test } from '../src/journey.ts'
import { named } from '../src/named.ts'
import { sumsOfKey } from '../src/postgres-records.ts'
import { signIn } from '../src/sign-in.ts'

/** What "takes effect at once" means to whoever clicks (design.md 7). */
const atOnce = { timeout: 1_000, intervals: [50] }

test('a revoked key is refused with 401 within a second', async ({ page, demo }) => {
  const name = named('Leaked in a ticket')
  await signIn(page, demo, 'owner', '/o/acme/keys')
  const secret = await createKey(page, { name, team: 'Platform', quota: '5' })
  expect((await ask(demo, secret)).status).toBe(200)
  await expect.poll(() => sumsOfKey(demo, name)).toMatchObject({ rows: 1 })

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

test('a budget lowered below what is spent refuses with 402 within a second, and answers again once it is raised', async ({
  page,
  demo,
}) => {
  const name = named('Helpline')
  await signIn(page, demo, 'owner', '/o/acme/keys')
  const secret = await createKey(page, { name, team: 'Support', quota: '5' })
  expect((await ask(demo, secret)).status).toBe(200)
  await page.getByRole('link', { name: 'Budgets', exact: true }).click()
  const support = await budgetRow(page, 'Support')
  const before = (await figure(support, 'Limit').innerText()).replace('$', '')
  const dialog = page.getByRole('dialog', { name: 'Edit budget' })

  await support.getByRole('button', { name: 'Edit limit' }).click()
  await expect(dialog.getByRole('combobox', { name: 'At the limit' })).toHaveValue('hard')
  await expect(dialog.getByRole('combobox', { name: 'Applies to' })).toHaveValue('pool')
  await dialog.getByRole('textbox', { name: 'Limit (USD)' }).fill('0.01')
  await dialog.getByRole('button', { name: 'Save' }).click()
  const asking = page.getByRole('alertdialog', { name: 'Set the limit below what is spent?' })
  await expect(asking).toContainText('every request of')
  const lowered = page.waitForResponse((answer) => answer.url().includes('budgets.set'))
  await asking.getByRole('button', { name: 'Set limit' }).click()
  expect((await lowered).status()).toBe(200)
  await expect.poll(async () => (await ask(demo, secret)).status, atOnce).toBe(402)
  expect((await ask(demo, secret)).body).toMatchObject({
    error: {
      gateway: { reason: 'budget_exceeded', scope: { type: 'team', name: 'Support' }, limit_usd: '0.010000000' },
    },
  })
  await expect(figure(support, 'Limit')).toHaveText('$0.01')
  await expect(figure(support, 'Left')).toHaveText('Used up')

  await support.getByRole('button', { name: 'Edit limit' }).click()
  await dialog.getByRole('textbox', { name: 'Limit (USD)' }).fill(before)
  const raised = page.waitForResponse((answer) => answer.url().includes('budgets.set'))
  await dialog.getByRole('button', { name: 'Save' }).click()
  expect((await raised).status()).toBe(200)
  await expect.poll(async () => (await ask(demo, secret)).status, atOnce).toBe(200)
})
