import OpenAI from 'openai'
import { exactAmount, nanoOf } from '../src/amounts.ts'
import { billedBySimulator } from '../src/billed-by-simulator.ts'
import { budgetRow, figure } from '../src/budget-row.ts'
import { savedKey } from '../src/create-key.ts'
import { expect, test } from '../src/journey.ts'
import { ledgerOf, sumsOfKey } from '../src/postgres-records.ts'

/** What follows the first minute uses what was made in it. */
test.describe.configure({ mode: 'serial' })

const ada = { name: 'Ada Admin', email: 'ada@acme.example', password: 'correct horse battery' }
let secret = ''

test('from the set-up link to the first received request within 60 seconds', async ({ page, empty }) => {
  // From the first page on; starting the product is not part of it.
  test.setTimeout(60_000)
  await page.goto(empty.setup ?? '')
  await page.getByRole('textbox', { name: 'Name' }).fill(ada.name)
  await page.getByRole('textbox', { name: 'Email' }).fill(ada.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(ada.password)
  await page.getByRole('button', { name: 'Create account' }).click()

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Create your organisation')
  await page.getByRole('textbox', { name: 'Name' }).fill('Acme')
  await page.getByRole('combobox', { name: 'Time zone' }).click()
  await page.getByRole('combobox', { name: 'Search time zones' }).fill('Helsinki')
  await page.getByRole('option', { name: /Europe\/Helsinki/ }).click()
  await page.getByRole('button', { name: 'Create organisation' }).click()

  await page.getByRole('link', { name: 'Providers', exact: true }).click()
  await page.getByRole('button', { name: 'Add provider' }).click()
  const adding = page.getByRole('dialog', { name: 'Add provider' })
  await adding.getByRole('combobox', { name: 'Kind' }).selectOption({ label: 'Simulated' })
  await adding.getByRole('button', { name: 'Add' }).click()
  await expect(page.getByRole('main')).toContainText('Verified')
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(page.getByRole('main')).toContainText('gpt-4o-mini')

  await page.getByRole('link', { name: 'Keys', exact: true }).click()
  await page.getByRole('button', { name: 'Create key' }).first().click()
  const creating = page.getByRole('dialog', { name: 'Create API key' })
  await creating.getByRole('textbox', { name: 'Name' }).fill('First key')
  await expect(creating.getByRole('combobox', { name: 'Team' })).toHaveValue(/./)
  await creating.getByRole('textbox', { name: 'Quota (USD)' }).fill('5')
  await creating.getByRole('combobox', { name: 'Period' }).selectOption('month')
  await creating.getByRole('button', { name: 'Create', exact: true }).click()
  secret = await savedKey(page)

  await page.getByRole('link', { name: 'Connect', exact: true }).click()
  await page.getByRole('button', { name: 'Send test request' }).click()
  const first = page.getByRole('status', { name: 'First request' })
  await expect(first).toContainText(/Received .* 200, gpt-4o-mini, \d+ tokens, \$0\.0000\d+/)

  await first.getByRole('link').click()
  const main = page.getByRole('main')
  await expect(main).toContainText('200 Answered')
  await expect(main).toContainText(/Tokens in \/ out\d+ \/ \d+/)
  const money = page.getByRole('table', { name: 'Money: tokens and prices' })
  expect(
    await exactAmount(
      money
        .getByRole('row', { name: /^Output/ })
        .getByRole('cell')
        .last(),
    ),
  ).toBeGreaterThan(0n)
})

test('the official client works with nothing but base URL and key changed', async ({ empty }) => {
  const client = new OpenAI({ baseURL: `${empty.proxy}/v1`, apiKey: secret })
  const messages = [{ role: 'user' as const, content: '[[sim:say=Good evening, Helsinki.]]' }]

  const whole = await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
  expect(whole.choices[0]?.message.content).toBe('Good evening, Helsinki.')
  expect(whole.usage?.completion_tokens).toBe(5)

  const stream = await client.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true })
  const pieces: string[] = []
  for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '')
  expect(pieces.join('')).toBe('Good evening, Helsinki.')
  expect(pieces.filter((piece) => piece !== '').length).toBeGreaterThan(1)

  const weather = {
    type: 'function' as const,
    function: {
      name: 'weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  }
  const called = await client.chat.completions.create({
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'What is the weather? [[sim:tool]]' }],
    tools: [weather],
  })
  expect(called.choices[0]?.finish_reason).toBe('tool_calls')
  expect(called.choices[0]?.message.tool_calls).toMatchObject([{ type: 'function', function: { name: 'weather' } }])

  const models = await client.models.list()
  expect(models.data.map(({ id }) => id)).toContain('gpt-4o-mini')
})

test('chart, table, download, budget, ledger and the provider agree to the nano-dollar', async ({ page, empty }) => {
  const billed = await billedBySimulator(empty)
  expect(billed).toBeGreaterThan(0n)
  await expect.poll(() => ledgerOf(empty, 'acme')).toBe(billed)

  await page.goto(`${empty.console}/sign-in?next=/o/acme`)
  await page.getByRole('textbox', { name: 'Email' }).fill(ada.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(ada.password)
  await page.getByRole('button', { name: 'Sign in' }).click()

  await page.getByRole('button', { name: 'View as table' }).click()
  const chart = page.getByRole('table', { name: 'Spend by team' })
  expect(
    await exactAmount(
      chart
        .getByRole('row', { name: /^Total/ })
        .getByRole('cell')
        .last(),
    ),
  ).toBe(billed)

  await page.getByRole('link', { name: 'Usage', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Usage' })).toBeVisible()
  const table = page.getByRole('table', { name: 'Usage by team' })
  const total = table.getByRole('row', { name: /^Total/ })
  expect(await exactAmount(total.getByRole('cell').filter({ hasText: '$' }))).toBe(billed)

  await page.getByRole('combobox', { name: 'Group by' }).selectOption({ label: 'Key' })
  await expect(page.getByRole('table', { name: 'Usage by key' }).getByRole('row', { name: /First key/ })).toBeVisible()
  const downloading = page.waitForEvent('download')
  await page
    .getByRole('button', { name: 'Export' })
    .or(page.getByRole('link', { name: 'Export' }))
    .click()
  const csv = (await (await downloading).createReadStream()).setEncoding('utf8')
  const [head = '', ...lines] = (await csv.toArray()).join('').trim().split('\r\n')
  expect(head).toMatch(/,cost_usd$/)
  const costs = lines.map((line) => nanoOf(line.slice(line.lastIndexOf(',') + 1)))
  expect(costs.reduce((sum, cost) => sum + cost, 0n)).toBe(billed)

  await page.getByRole('link', { name: 'Budgets', exact: true }).click()
  const quota = await budgetRow(page, 'General', ada.name, 'First key')
  const { amount } = await sumsOfKey(empty, 'First key')
  expect(await exactAmount(figure(quota, 'Spent'))).toBe(amount)
  expect(await exactAmount(figure(quota, 'Held now'))).toBe(0n)
})
