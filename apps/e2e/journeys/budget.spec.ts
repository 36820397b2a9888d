import OpenAI from 'openai'
import { exactAmount } from '../src/amounts.ts'
import { budgetRow, figure } from '../src/budget-row.ts'
import { createKey } from '../src/create-key.ts'
import { expect, test } from '../src/journey.ts'
import { billedBySimulator } from '../src/billed-by-simulator.ts'
import { named } from '../src/named.ts'
import { sumsOfKey } from '../src/postgres-records.ts'
import { countingCalls } from '../src/sent-calls.ts'
import { signIn } from '../src/sign-in.ts'

/** 14 input tokens at 150 nano-USD and 300 output tokens at 600: what such a request holds, and what it costs. */
const worstCase = {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user' as const, content: 'Hi [[sim:worst]]' }],
  max_tokens: 300,
}

test('a key worth exactly 10 requests answers exactly 10 of 500 at once, and says why the others were refused', async ({
  page,
  demo,
}) => {
  test.setTimeout(120_000)
  await signIn(page, demo, 'owner', '/o/acme/keys')
  const measured = await createKey(page, { name: named('Measured'), team: 'Platform', quota: '1' })
  const { response } = await clientOf(demo.proxy, measured).chat.completions.create(worstCase).withResponse()
  expect(response.headers.get('x-gateway-cost-usd')).toBe('0.000182100')

  const name = named('Ten requests')
  const secret = await createKey(page, { name, team: 'Platform', quota: '0.001821', period: 'all' })
  const billedBefore = await billedBySimulator(demo)
  const client = clientOf(demo.proxy, secret)
  // Equal requests at the same time would share one call, and cost once.
  const eachByItself = { headers: { 'x-gateway-cache': 'off' } }
  const calls = () => Array.from({ length: 500 }, () => client.chat.completions.create(worstCase, eachByItself))
  const { result: ends, sent } = await countingCalls(demo.proxy, () => Promise.allSettled(calls()))

  const refusals = ends.filter((end) => end.status === 'rejected').map((end) => apiError(end.reason))
  const stopped = refusals.filter((error) => error.status === 402)
  expect(ends.length - refusals.length).toBe(10)
  // What others hold may come back: that is 429, and worth another try. 402 ends a call.
  expect(refusals.filter((error) => error.status !== 402 && error.status !== 429)).toEqual([])
  expect(sent.get(402)).toBe(stopped.length)
  expect(sent.get(200)).toBe(10)

  await test.step('ledger and simulator agree to the nano-dollar, and every call has its row', async () => {
    expect((await billedBySimulator(demo)) - billedBefore).toBe(1_821_000n)
    const statuses = Object.fromEntries(sent)
    // Equal refusals are gathered for 10 s before they are written as one row.
    const sums = () => sumsOfKey(demo, name)
    await expect.poll(sums, { timeout: 30_000 }).toEqual({ amount: 1_821_000n, rows: 10, statuses })
  })

  await test.step('the counter says the same, and nothing is held any more', async () => {
    await page.getByRole('link', { name: 'Budgets', exact: true }).click()
    const row = await budgetRow(page, 'Platform', 'Olivia Laine', name)
    expect(await exactAmount(figure(row, 'Spent'))).toBe(1_821_000n)
    expect(await exactAmount(figure(row, 'Held now'))).toBe(0n)
    await expect(figure(row, 'Left')).toHaveText('Used up')
  })

  await test.step('a refused request is explained with the numbers of its answer', async () => {
    await page.goto(`${demo.console}/o/acme/requests`)
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption({ label: 'Refused' })
    const table = page.getByRole('table', { name: 'Requests' })
    await expect(table.getByRole('row', { name: /Answered/ })).toHaveCount(0)
    const links = await table.getByRole('link', { name: /^Request req_/ }).all()
    const listed = await Promise.all(links.map((link) => link.getAttribute('aria-label')))
    const refusal = stopped.find((error) => listed.includes(`Request ${error.requestID}`))
    if (!refusal) throw new Error('None of the refused calls is in the list.')
    expect(refusal.error).toMatchObject({
      gateway: {
        reason: 'budget_exceeded',
        scope: { type: 'key', name },
        period: 'all',
        limit_usd: '0.001821000',
        spent_usd: '0.001821000',
        held_usd: '0.000000000',
        estimate_usd: '0.000182100',
        max_output_tokens_that_fit: 0,
      },
    })
    await table.getByRole('link', { name: `Request ${refusal.requestID}` }).click()
    const why = page.getByRole('region', { name: 'Why was this refused?' })
    await expect(why).toContainText(`key ${name}`)
    await expect(why).toContainText('budget_exceeded')
    for (const fact of ['Limit$0.001821', 'Spent$0.001821', 'Held then$0.00']) await expect(why).toContainText(fact)
  })
})

/** As its documentation says: nothing but the address and the key. */
const clientOf = (proxy: string, apiKey: string) => new OpenAI({ baseURL: `${proxy}/v1`, apiKey })

function apiError(reason: unknown): InstanceType<typeof OpenAI.APIError> {
  if (reason instanceof OpenAI.APIError) return reason
  throw reason
}
