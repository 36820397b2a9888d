import type { Page } from '@playwright/test'
import OpenAI from 'openai'
import { exactAmount } from '../src/amounts.ts'
import { budgetRow, figure } from '../src/budget-row.ts'
import { createKey } from '../src/create-key.ts'
import { expect, test } from '../src/journey.ts'
import { named } from '../src/named.ts'
import { sumsOfKey } from '../src/postgres-records.ts'
import { signIn } from '../src/sign-in.ts'

// No other journey and nothing in the demo's history uses this model.
const model = 'deepseek-chat'

test('a corrected price is applied to past usage after a preview, and budget, usage and request follow', async ({
  page,
  demo,
}) => {
  test.setTimeout(180_000)
  await signIn(page, demo, 'owner', '/o/acme/providers')
  await setPrice(page, '1', '2', false)
  const name = named('Past usage')
  await page.goto(`${demo.console}/o/acme/keys`)
  const secret = await createKey(page, { name, team: 'Platform', quota: '1' })

  // 14 tokens in and 300 out: 14 × $0.000001 + 300 × $0.000002.
  const client = new OpenAI({ baseURL: `${demo.proxy}/v1`, apiKey: secret })
  const { response, data } = await client.chat.completions
    .create({ model, messages: [{ role: 'user', content: 'Hi [[sim:worst]]' }], max_tokens: 300 })
    .withResponse()
  expect(data.usage).toMatchObject({ prompt_tokens: 14, completion_tokens: 300 })
  expect(response.headers.get('x-gateway-cost-usd')).toBe('0.000614000')
  await expect.poll(async () => (await sumsOfKey(demo, name)).amount, { timeout: 30_000 }).toBe(614_000n)

  await test.step('the preview names the charge and the budgets, and changes nothing', async () => {
    await page.goto(`${demo.console}/o/acme/providers`)
    await setPrice(page, '0.5', '1', true)
    const dialog = page.getByRole('dialog', { name: 'Apply to past usage' })
    const total = dialog.getByRole('table', { name: 'Charges that change' }).getByRole('row', { name: 'All days' })
    for (const cell of ['1', '$0.000614', '$0.000307', '−$0.000307']) {
      await expect(total.getByRole('cell', { name: cell, exact: true })).toBeVisible()
    }
    const budget = dialog.getByRole('table', { name: 'Budgets that change' }).getByRole('row', { name })
    await expect(budget).toContainText('$0.000614')
    await expect(budget).toContainText('$0.000307')
    expect((await sumsOfKey(demo, name)).amount).toBe(614_000n)
    await dialog.getByRole('button', { name: 'Apply price' }).click()
    await expect(dialog.getByRole('alert')).toContainText('Say why')
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Half of it is a discount')
    await dialog.getByRole('button', { name: 'Apply price' }).click()
    await expect(dialog).toBeHidden()
  })

  await test.step('its progress ends at one of one, with the difference', async () => {
    const row = page.getByRole('table', { name: 'Prices applied to past usage' }).getByRole('row', { name: model })
    await expect(row.getByText('Applied', { exact: true })).toBeVisible({ timeout: 30_000 })
    await expect(row).toContainText('1 of 1')
    await expect(row).toContainText('−$0.000307')
  })

  await test.step('the budget of the key has spent $0.000307, and so says the usage page', async () => {
    await page.goto(`${demo.console}/o/acme/budgets`)
    const row = await budgetRow(page, 'Platform', 'Olivia Laine', name)
    expect(await exactAmount(figure(row, 'Spent'))).toBe(307_000n)
    await page.goto(`${demo.console}/o/acme/usage?range=1d&by=key&model=${model}`)
    const used = page.getByRole('main').getByRole('row', { name })
    await expect(used).toContainText('$0.000307')
    await expect(used).not.toContainText('$0.000614')
  })

  await test.step('the request shows both, and who applied the price and why', async () => {
    await page.goto(`${demo.console}/o/acme/requests/${response.headers.get('x-request-id') ?? ''}`)
    const main = page.getByRole('main')
    await expect(main).toContainText('Half of it is a discount')
    await expect(main).toContainText('−$0.000307')
    expect((await sumsOfKey(demo, name)).amount).toBe(307_000n)
  })
})

/** Gives the model a price of the organisation's own, in USD per million tokens; `past`: also for past usage. */
async function setPrice(page: Page, input: string, output: string, past: boolean): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^(Add|Change) price of ${model}$`) }).click()
  const dialog = page.getByRole('dialog', { name: /^(Add|Change) price$/ })
  await dialog.getByRole('textbox', { name: 'Input', exact: true }).fill(input)
  await dialog.getByRole('textbox', { name: 'Output' }).fill(output)
  if (past) await dialog.getByRole('checkbox', { name: 'Apply to past usage too' }).click()
  await dialog.getByRole('button', { name: 'Save price' }).click()
  await expect(dialog).toBeHidden()
}
