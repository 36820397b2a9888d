import type { Ready } from '@tollkeeper/testbed/product'
import { ask } from '../src/ask.ts'
import { createKey } from '../src/create-key.ts'
import { expect, test } from '../src/journey.ts'
import { named } from '../src/named.ts'
import { signIn } from '../src/sign-in.ts'

test('an outage is seen on the page of providers while it lasts, and its end as well', async ({ page, demo }) => {
  test.setTimeout(240_000)
  await signIn(page, demo, 'owner', '/o/acme/keys')
  const secret = await createKey(page, { name: named('Outage'), quota: '5', period: 'month' })
  expect((await ask(demo, secret)).status).toBe(200)

  await page.goto(`${demo.console}/o/acme/providers`)
  const breakers = page.getByRole('region', { name: /^Circuit breakers of / }).first()
  await test.step('the provider fails, is left alone, and everybody is told for how long', async () => {
    await behave(demo, { outage: true })
    await expect.poll(() => tried(demo, secret), { timeout: 30_000 }).toMatch(/:cb_open$/)
    const row = breakers.getByRole('row', { name: /gpt-4o-mini/ })
    await expect(row.getByText('Open', { exact: true })).toBeVisible({ timeout: 15_000 })
    await expect(row).toContainText(/In \d+ s/)
    await page.screenshot({ path: test.info().outputPath('open-light.png'), fullPage: true })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 380, height: 1_000 })
    await page.screenshot({ path: test.info().outputPath('open-dark-narrow.png'), fullPage: true })
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1_440, height: 1_000 })
  })

  await test.step('it is back: one call finds out, and the breaker closes', async () => {
    await behave(demo, { outage: false })
    // Seldom, since Acme may ask 100 times a minute and other journeys ask as well.
    await expect.poll(async () => (await ask(demo, secret)).status, { timeout: 90_000, intervals: [5_000] }).toBe(200)
    await expect(breakers.getByRole('row', { name: /gpt-4o-mini/ }).getByText('Closed')).toBeVisible({
      timeout: 15_000,
    })
  })
})

test('a fallback is set up in the console and answers within a second', async ({ page, demo }) => {
  test.setTimeout(180_000)
  await signIn(page, demo, 'owner', '/o/acme/keys')
  const secret = await createKey(page, { name: named('Fallback'), quota: '5', period: 'month' })
  await page.goto(`${demo.console}/o/acme/providers`)
  const fallbacks = page.getByRole('region', { name: 'Fallbacks' })
  await fallbacks.getByRole('button', { name: 'Add fallback' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add fallback' })
  await dialog.getByRole('combobox', { name: 'For model' }).selectOption('gpt-4o-mini')
  await dialog.getByRole('combobox', { name: 'Then', exact: true }).selectOption('gpt-5-mini')
  await page.screenshot({ path: test.info().outputPath('fallback-dialog.png') })
  await dialog.getByRole('button', { name: 'Save fallback' }).click()
  await expect(dialog).toBeHidden()
  await expect(fallbacks.getByRole('row', { name: /gpt-4o-mini/ })).toContainText('gpt-5-mini')
  // The provider refuses our account for one call: the next model is asked, here at the same provider.
  await expect
    .poll(
      async () => {
        await behave(demo, { status: 402, statusCalls: 1 })
        return tried(demo, secret)
      },
      { timeout: 15_000 },
    )
    .toMatch(/:error:402,.*:ok$/)
  await behave(demo, { status: null, statusCalls: null })

  await fallbacks.getByRole('button', { name: 'Edit fallback of gpt-4o-mini' }).click()
  const edit = page.getByRole('dialog', { name: 'Edit fallback' })
  await edit.getByRole('combobox', { name: 'Then', exact: true }).selectOption({ label: 'Remove' })
  await edit.getByRole('button', { name: 'Save fallback' }).click()
  await expect(fallbacks.getByText('No model has a fallback.')).toBeVisible()
  // An account that was refused for money is left alone for up to a minute; other journeys want it as well.
  await expect.poll(async () => (await ask(demo, secret)).status, { timeout: 90_000, intervals: [5_000] }).toBe(200)
})

async function behave(demo: Ready, behaviour: object): Promise<void> {
  const response = await fetch(`${demo.simulator}/__sim/behaviour`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(behaviour),
  })
  expect(response.status).toBe(200)
}

/** How each try of one request ended, as its answer tells. */
const tried = async (demo: Ready, secret: string): Promise<string | null> =>
  (await ask(demo, secret)).headers.get('x-gateway-attempts')
