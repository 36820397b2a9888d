import type { Page } from '@playwright/test'
import { expect } from './journey.ts'

export type WantedKey = {
  name: string
  /** Name of its team; whatever the form has chosen unless told. */
  team?: string
  /** USD as typed; the form has $5 a month unless told. */
  quota?: string
  period?: 'hour' | 'day' | 'week' | 'month' | 'all'
}

/** Makes a key on the Keys page, where the browser has to be, and gives its text as the clipboard has it. */
export async function createKey(page: Page, wanted: WantedKey): Promise<string> {
  await page.getByRole('button', { name: 'Create key' }).first().click()
  const form = page.getByRole('dialog', { name: 'Create API key' })
  await form.getByRole('textbox', { name: 'Name' }).fill(wanted.name)
  if (wanted.team) await form.getByRole('combobox', { name: 'Team' }).selectOption({ label: wanted.team })
  if (wanted.quota !== undefined) await form.getByRole('textbox', { name: 'Quota (USD)' }).fill(wanted.quota)
  if (wanted.period) await form.getByRole('combobox', { name: 'Period' }).selectOption(wanted.period)
  await form.getByRole('button', { name: 'Create', exact: true }).click()
  return savedKey(page)
}

/** Copies the text of a key that was just made, and closes its dialog. */
export async function savedKey(page: Page): Promise<string> {
  const saving = page.getByRole('dialog', { name: 'Save your key' })
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await saving.getByRole('button', { name: 'Copy key' }).click()
  const secret = await page.evaluate(() => navigator.clipboard.readText())
  expect(secret).toMatch(/^sk-gw-[0-9A-Za-z]{57}$/)
  await saving.getByRole('button', { name: 'I saved it' }).click()
  await expect(saving).toBeHidden()
  return secret
}
