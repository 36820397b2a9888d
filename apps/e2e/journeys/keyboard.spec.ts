import type { Page } from '@playwright/test'
import { ask } from '../src/ask.ts'
import { expect, test } from '../src/journey.ts'
import { named } from '../src/named.ts'
import { signIn } from '../src/sign-in.ts'

test('a key is made, copied and put away with the keyboard alone', async ({ page, demo }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await signIn(page, demo, 'owner', '/o/acme/keys')
  const name = named('By keyboard')

  await tabTo(page, 'button', 'Create key')
  await page.keyboard.press('Enter')
  const creating = page.getByRole('dialog', { name: 'Create API key' })
  await expect(creating.getByRole('textbox', { name: 'Name' })).toBeFocused()
  await page.keyboard.type(name)
  await tabTo(page, 'combobox', 'Team')
  await page.keyboard.type('Growth')
  await tabTo(page, 'textbox', 'Quota (USD)')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('two')
  await page.keyboard.press('Enter')
  await expect(creating.getByRole('alert')).toHaveText('Enter an amount in USD such as 5 or 0.25, at most 9,000,000')
  await expect(creating.getByRole('textbox', { name: 'Quota (USD)' })).toBeFocused()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('2.50')
  await tabTo(page, 'combobox', 'Period')
  await page.keyboard.type('Week')
  await tabTo(page, 'button', 'Create')
  await page.keyboard.press('Enter')

  const saving = page.getByRole('dialog', { name: 'Save your key' })
  await expect(saving).toBeVisible()
  await tabTo(page, 'button', 'Copy key')
  await page.keyboard.press('Space')
  const secret = await page.evaluate(() => navigator.clipboard.readText())
  expect((await ask(demo, secret)).status).toBe(200)

  await page.keyboard.press('Escape')
  const asking = page.getByRole('alertdialog', { name: 'Close without saving the key?' })
  await expect(asking.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(asking).toBeHidden()
  await tabTo(page, 'button', 'I saved it')
  await page.keyboard.press('Enter')
  await expect(saving).toBeHidden()
  await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('$2.50')
  await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('Growth')
})

test('any page is a few keys away: the search opens, finds and goes', async ({ page, demo }) => {
  await signIn(page, demo, 'owner', '/o/acme')
  await page.keyboard.press('ControlOrMeta+k')
  await expect(page.getByRole('dialog', { name: 'Search' })).toBeVisible()
  await page.keyboard.type('budg')
  await expect(page.getByRole('option', { selected: true })).toHaveText('Budgets')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Budgets')
})

/** Presses Tab until the control with this role and name has the focus. */
async function tabTo(page: Page, role: 'button' | 'textbox' | 'combobox', name: string): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true }).and(page.locator(':focus'))
  for (let presses = 0; presses < 40; presses += 1) {
    if ((await wanted.count()) > 0) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach the ${role} "${name}".`)
}
