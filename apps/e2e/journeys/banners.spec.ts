import { ask } from '../src/ask.ts'
import { createKey } from '../src/create-key.ts'
import { expect, test } from '../src/journey.ts'
import { named } from '../src/named.ts'
import { withPostgresStopped, withRecordingBlocked } from '../src/postgres-faults.ts'
import { signIn } from '../src/sign-in.ts'

// What is asked while the database is away fails, and the browser says so.
test.use({ expectedComplaints: [/status of 50\d|Failed to fetch/] })

test('while Postgres does not answer every page says that it is read only, and the gateway goes on', async ({
  page,
  demo,
}) => {
  test.setTimeout(180_000)
  await signIn(page, demo, 'owner', '/o/acme/keys')
  const secret = await createKey(page, { name: named('Read only'), quota: '1' })
  expect((await ask(demo, secret)).status).toBe(200)
  const banner = page.getByRole('alert').filter({ hasText: 'Read only: the database does not answer' })
  await expect(banner).toHaveCount(0)
  await withPostgresStopped(demo, async () => {
    await expect(banner).toBeVisible({ timeout: 60_000 })
    expect((await ask(demo, secret)).status).toBe(200)
  })
  await expect(banner).toHaveCount(0, { timeout: 60_000 })
})

test('while usage waits for more than a minute to be recorded pages say that figures are behind', async ({
  page,
  demo,
}) => {
  test.setTimeout(240_000)
  await signIn(page, demo, 'owner', '/o/acme/keys')
  const secret = await createKey(page, { name: named('Behind'), quota: '1' })
  const banner = page.getByRole('alert').filter({ hasText: 'Recording is 1 minute behind' })
  await withRecordingBlocked(demo, async () => {
    expect((await ask(demo, secret)).status).toBe(200)
    await expect(banner).toBeVisible({ timeout: 120_000 })
  })
  await expect(page.getByRole('alert').filter({ hasText: 'Recording is' })).toHaveCount(0, { timeout: 60_000 })
})
