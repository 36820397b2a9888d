import { budgetRow } from '../src/budget-row.ts'
import { createKey } from '../src/create-key.ts'
import { expect, test } from '../src/journey.ts'
import { named } from '../src/named.ts'
import { post } from '../src/quote.ts'
import { signIn } from '../src/sign-in.ts'

/** 14 input tokens at 150 nano-USD and `max_tokens` of output at 600. */
const asks = (maxTokens: number) => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Hi [[sim:worst]]' }],
  max_tokens: maxTokens,
})

/** "$0.000302" of an amount on the wire, as the request page writes it. */
const shown = (usd: string) => `$${usd.replace(/(\.\d{2}\d*?)0+$/, '$1')}`

test('a refusal is explained with the numbers of its answer, what fits does fit, and the six levels say who decides', async ({
  page,
  demo,
}) => {
  test.setTimeout(120_000)
  await signIn(page, demo, 'owner', '/o/acme/keys')
  const name = named('Six levels')
  // 400 output tokens fit beside the input, not 600.
  const secret = await createKey(page, { name, team: 'Platform', quota: '0.0002421', period: 'all' })

  const quote = await post(demo, secret, 'quote', { ...asks(600), n: 2 })
  const refused = await post(demo, secret, 'chat/completions', { ...asks(600), n: 2 })
  expect([quote.status, quote.body.admitted, refused.status]).toEqual([200, false, 402])
  const { gateway } = refused.body.error
  expect(gateway).toMatchObject({ scope: { type: 'key', name }, limit_usd: '0.000242100', spent_usd: '0.000000000' })
  expect(quote.body.refusal?.gateway).toMatchObject({ scope: { name }, estimate_usd: gateway.estimate_usd })

  await test.step('the page of the refused request has the numbers of its answer, and the hold it did not get', async () => {
    await page.goto(`${demo.console}/o/acme/requests`)
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption({ label: 'Refused' })
    await page.getByRole('link', { name: `Request ${refused.requestId}` }).click()
    const why = page.getByRole('region', { name: 'Why was this refused?' })
    for (const fact of [
      `Limit${shown(gateway.limit_usd)}`,
      `Spent${shown(gateway.spent_usd)}`,
      `Held then${shown(gateway.held_usd)}`,
      `Worst case of this request${shown(gateway.estimate_usd)}`,
      `Output that still fitted${gateway.max_output_tokens_that_fit} tokens`,
    ])
      await expect(why).toContainText(fact)
    await expect(page.getByRole('listitem').filter({ hasText: 'Refused here' })).toContainText('hold')
    await why.getByRole('button', { name: 'Explain' }).click()
    await expect(page.getByRole('dialog', { name: 'Explain limits' })).toContainText(name)
    await page.keyboard.press('Escape')
  })

  await test.step('Explain on the budgets page shows six levels, and the key decides', async () => {
    await page.getByRole('link', { name: 'Budgets', exact: true }).click()
    const row = await budgetRow(page, 'Platform', 'Olivia Laine', name)
    await row.getByRole('button', { name: 'Explain', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Explain limits' })
    await dialog.getByRole('textbox', { name: 'Input tokens' }).fill('14')
    await dialog.getByRole('textbox', { name: 'Max output tokens' }).fill('500')
    await dialog.getByRole('button', { name: 'Explain' }).click()
    const told = dialog.getByRole('region', { name: 'Explanation' })
    await expect(told).toContainText('Largest output that still fits: 400 tokens')
    const levels = told.getByRole('table', { name: 'Limits of the chain' }).getByRole('rowheader')
    await expect(levels.filter({ hasText: /^(Organisation|Team|Role group|Role|Person|Key)/ })).not.toHaveCount(0)
    for (const level of ['Organisation', 'Team', 'Role group', 'Role', 'Person', 'Key'])
      await expect(levels.filter({ hasText: level }).first()).toBeVisible()
    await expect(levels.filter({ hasText: 'Decides' })).toHaveText(new RegExp(`^Key.*${RegExp.escape(name)}`))
    await page.keyboard.press('Escape')
  })

  const fits = await post(demo, secret, 'chat/completions', asks(400))
  expect(fits.status).toBe(200)

  await test.step('What if tells which of the requests a smaller limit would have refused', async () => {
    const row = await budgetRow(page, name)
    await row.getByRole('button', { name: 'What if' }).click()
    const dialog = page.getByRole('dialog', { name: 'What if' })
    await dialog.getByRole('textbox', { name: 'Limit (USD)' }).fill('0.0001')
    await dialog.getByRole('combobox', { name: 'Replay' }).selectOption('7')
    const result = dialog.getByRole('region', { name: 'Result' })
    // The charge reaches the ledger within seconds; until then there is nothing to replay.
    await expect(async () => {
      await dialog.getByRole('button', { name: 'Replay 7 days' }).click()
      await expect(result).toContainText('1 request from 1 person would have been refused', { timeout: 3_000 })
    }).toPass({ timeout: 30_000 })
    await result.getByRole('table', { name: 'First refused requests' }).getByRole('link').click()
    await page.waitForURL(`${demo.console}/o/acme/requests/${fits.requestId}`)
  })
})
