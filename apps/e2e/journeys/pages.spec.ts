import type { Page } from '@playwright/test'
import { expect, test } from '../src/journey.ts'
import { placeNames } from '../src/places.ts'
import { idsOf } from '../src/postgres-records.ts'
import { signIn } from '../src/sign-in.ts'

for (const width of [1440, 380]) {
  test.describe(`${width} px wide`, () => {
    test.use({ viewport: { width, height: 1000 } })

    test('every page has its heading, fits the screen, stays still and is there in light and dark', async ({
      page,
      demo,
    }, testInfo) => {
      test.setTimeout(120_000)
      const picture = async (name: string) => {
        const colours = new Set<string>()
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          await expect.poll(async () => colours.has(await backgroundOf(page))).toBe(false)
          colours.add(await backgroundOf(page))
          await page.screenshot({ path: testInfo.outputPath(`${name}-${colorScheme}.png`) })
        }
        await page.emulateMedia({ colorScheme: 'light' })
      }
      await page.goto(`${demo.console}/sign-in`)
      await expectFits(page)
      await picture('sign-in')
      await signIn(page, demo, 'owner', '/o/acme')
      await expectPlaces(page, width)

      const acme = await idsOf(demo, 'acme')
      const pages = [
        ['overview', '', 'Overview'],
        ['connect', '/connect', 'Connect'],
        ['keys', '/keys', 'Keys'],
        ['key', `/keys/${acme.key}`, 'Demo key'],
        ['usage', '/usage', 'Usage'],
        ['usage-by-model', '/usage?by=model&compare=previous&range=90d', 'Usage'],
        ['requests', '/requests', 'Requests'],
        ['request', `/requests/${acme.request}`, 'Request'],
        ['refused-request', `/requests/${acme.refusedRequest}`, 'Request'],
        ['budgets', '/budgets', 'Budgets'],
        ['raises', '/budgets/raises', 'Raises'],
        ['verification', '/verification', 'Verification'],
        ['teams', '/teams', 'Teams & members'],
        ['providers', '/providers', 'Providers'],
        ['audit', '/audit', 'Audit log'],
        ['settings', '/settings', 'Settings'],
      ] as const
      for (const [name, path, heading] of pages) {
        await test.step(name, async () => {
          await page.goto(`${demo.console}/o/acme${path}`)
          await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading)
          await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0)
          await expectFits(page)
          expect({ name, shift: await layoutShift(page) }).toEqual({ name, shift: 0 })
          await picture(name)
        })
      }
    })
  })
}

const backgroundOf = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor)

/** Nothing sticks out at the side. */
async function expectFits(page: Page): Promise<void> {
  const sticksOut = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect({ url: page.url(), sticksOut }).toEqual({ url: page.url(), sticksOut: 0 })
}

/** How much what was painted already has moved since, in the browser's own measure; below 0.05 nobody notices. */
async function layoutShift(page: Page): Promise<number> {
  const sum = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const seen = new PerformanceObserver((list) => {
          resolve(
            list.getEntries().reduce((sum, entry) => sum + (entry as PerformanceEntry & { value: number }).value, 0),
          )
        })
        seen.observe({ type: 'layout-shift', buffered: true })
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(0)))
      }),
  )
  return sum < 0.05 ? 0 : sum
}

async function expectPlaces(page: Page, width: number): Promise<void> {
  await expect(page.getByRole('button', { name: 'Switch organisation' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Search' })).toBeVisible()
  const navigation = page.getByRole('navigation', { name: 'Main' })
  if (width > 768) {
    for (const name of placeNames) await expect(navigation.getByRole('link', { name, exact: true })).toBeVisible()
    return
  }
  await navigation.getByRole('button', { name: 'More' }).click()
  const menu = page.getByRole('menu')
  const reached = [...(await navigation.getByRole('link', { includeHidden: true }).allTextContents())]
  reached.push(...(await menu.getByRole('menuitem').allTextContents()))
  expect(new Set<string>(reached)).toEqual(new Set<string>(placeNames))
  await page.keyboard.press('Escape')
}
