import type { Ready } from '@tollkeeper/testbed/product'
import { ask } from '../src/ask.ts'
import { createKey } from '../src/create-key.ts'
import { expect, test } from '../src/journey.ts'
import { named } from '../src/named.ts'
import { sumsOfKey } from '../src/postgres-records.ts'
import { signIn } from '../src/sign-in.ts'

/** Too little for any answer. */
const tooLittle = '0.00001'

test('a refused request leads to a raise that somebody else approves, and that ends', async ({
  page,
  browser,
  demo,
}) => {
  test.setTimeout(180_000)
  const name = named('Raised')
  const reason = named('Launch week')
  await signIn(page, demo, 'developer', '/o/acme/keys')
  const secret = await createKey(page, { name, quota: tooLittle, period: 'month' })
  const refused = await ask(demo, secret)
  expect(refused.status).toBe(402)

  await test.step('who was refused asks for more, with the keyboard', async () => {
    // The row reaches the database when equal refusals have been gathered; before that its page does not exist.
    await expect.poll(async () => (await sumsOfKey(demo, name)).statuses, { timeout: 40_000 }).toMatchObject({ 402: 1 })
    await page.goto(`${demo.console}/o/acme/requests/${requestIdOf(refused.body)}`)
    const why = page.getByRole('region', { name: 'Why was this refused?' })
    await why.getByRole('button', { name: 'Request a raise' }).click()
    const dialog = page.getByRole('dialog', { name: 'Request a raise' })
    await dialog.getByRole('textbox', { name: 'Raise by (USD)' }).fill('1')
    await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason)
    await page.keyboard.press('Enter')
    await expect(dialog).toBeHidden()
    await expect(why.getByRole('button', { name: 'Raise requested' })).toBeDisabled()
    await page.goto(`${demo.console}/o/acme/budgets/raises`)
    const own = page.getByRole('table', { name: 'Requests for a raise' }).getByRole('row', { name: reason })
    await expect(own).toContainText('Open')
    await expect(own.getByRole('button', { name: 'Decide' })).toHaveCount(0)
  })

  const others = await browser.newContext()
  const owner = await others.newPage()
  await test.step('an owner finds it under what needs attention, and approves half of it', async () => {
    await signIn(owner, demo, 'owner', '/o/acme')
    await owner.getByRole('link', { name: 'Raises to decide on' }).click()
    await owner.getByRole('row', { name: reason }).getByRole('button', { name: 'Decide' }).click()
    const dialog = owner.getByRole('dialog', { name: 'Decide on a raise' })
    await dialog.getByRole('textbox', { name: 'Raise by (USD)' }).fill('0.5')
    await dialog.getByRole('button', { name: 'Approve' }).click()
    await expect(dialog).toBeHidden()
  })

  await test.step('the same request is answered now', async () => {
    await expect.poll(() => statusOf(demo, secret), { timeout: 15_000 }).toBe(200)
    await page.reload()
    const row = page.getByRole('table', { name: 'Requests for a raise' }).getByRole('row', { name: reason })
    await expect(row.getByText('Approved')).toBeVisible()
    await expect(row).toContainText('$0.50of $1.00 asked')
  })

  await test.step('and refused again when the raise is over', async () => {
    await owner
      .getByRole('table', { name: 'Running raises' })
      .getByRole('row', { name: reason })
      .getByRole('button', { name: 'End now' })
      .click()
    await expect.poll(() => statusOf(demo, secret), { timeout: 15_000 }).toBe(402)
  })
  await others.close()
})

const statusOf = async (demo: Ready, secret: string): Promise<number> => (await ask(demo, secret)).status

function requestIdOf(body: unknown): string {
  const id = /req_[0-9A-Za-z]+/.exec(JSON.stringify(body))?.[0]
  if (!id) throw new Error(`The refusal names no request: ${JSON.stringify(body)}`)
  return id
}
