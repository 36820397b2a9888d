import type { Page } from '@playwright/test'
import type { Ready } from '@tollkeeper/testbed/product'

/** Who of the demo's people: the word that `npm start` prints behind the password. */
export type Who = 'owner' | 'admin' | 'lead' | 'developer' | 'finance' | 'auditor' | 'owner of Globex'

/** Signs somebody in and waits until the page of `path` is there. */
export async function signIn(page: Page, demo: Ready, who: Who, path: string): Promise<void> {
  const login = demo.logins.find(({ role }) => role === who)
  if (!login) throw new Error(`The demo has no ${who}, only ${demo.logins.map(({ role }) => role).join(', ')}.`)
  await page.goto(`${demo.console}/sign-in?next=${encodeURIComponent(path)}`)
  await page.getByRole('textbox', { name: 'Email' }).fill(login.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(login.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(demo.console + path)
  await page.getByRole('heading', { level: 1 }).waitFor()
}
