import { startProduct } from '@tollkeeper/testbed/product'
import { expect, test } from '../src/journey.ts'
import { startOidcIssuer, type OidcIssuer } from '../src/oidc-issuer.ts'

const lea = { subject: 'lea', email: 'lea.fontaine@acme.example', verified: true, name: 'Lea Fontaine' }

let issuer: OidcIssuer
let product: Awaited<ReturnType<typeof startProduct>>

test.beforeAll(async () => {
  test.setTimeout(400_000)
  issuer = await startOidcIssuer()
  const env = { OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: 'console', OIDC_CLIENT_SECRET: 'secret', OIDC_NAME: 'Acme ID' }
  product = await startProduct({ demo: true, env })
})
test.afterAll(async () => {
  await product.stop()
  await issuer.stop()
})

test('Lea, who never had a password here, signs in with the identity provider and sees her own organisation', async ({
  page,
}) => {
  issuer.says(lea)
  await page.goto(`${product.ready.console}/sign-in`)
  await page.getByRole('button', { name: /^Continue with/ }).click()
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
  expect(new URL(page.url()).pathname).toBe('/o/acme')
})

test('an address that the identity provider did not verify, or that nobody knows here, is let in nowhere', async ({
  page,
}) => {
  for (const stranger of [
    { ...lea, subject: 'impostor', email: 'mikko.virtanen@acme.example', verified: false },
    { ...lea, subject: 'nobody', email: 'nobody@elsewhere.example' },
  ]) {
    issuer.says(stranger)
    await page.goto(`${product.ready.console}/sign-in`)
    await page.getByRole('button', { name: /^Continue with/ }).click()
    await expect(page.getByText('That account has no place here.')).toBeVisible()
  }
})
