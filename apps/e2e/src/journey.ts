import { test as base, expect } from '@playwright/test'
import { readySchema, startProduct, type Ready } from '@tollkeeper/testbed/product'
import { runningProduct } from '../env.ts'
import { complaintsOf } from './complaints.ts'

type PerJourney = {
  /** Complaints of the browser that belong to the journey, such as the one about a page that is not there. */
  expectedComplaints: readonly RegExp[]
  /** Fails the journey when the browser complained about anything else: an error in the console, a broken script. */
  silence: void
}

type PerRun = {
  /** The product with the demo organisations, shared by the journeys; what they make, they name after themselves. */
  demo: Ready
  /** The product as it is before anybody signed up. */
  empty: Ready
}

/** Starting is not part of a journey's own time. */
const startTimeout = 400_000

export const test = base.extend<PerJourney, PerRun>({
  expectedComplaints: [[], { option: true }],
  silence: [
    async ({ context, expectedComplaints }, use) => {
      const complaints = complaintsOf(context)
      await use()
      expect(complaints.filter((text) => !expectedComplaints.some((expected) => expected.test(text)))).toEqual([])
    },
    { auto: true },
  ],
  // Playwright reads what a fixture needs from its pattern: these need nothing.
  // oxlint-disable-next-line no-empty-pattern
  demo: [({}, use) => withProduct('demo', use), { scope: 'worker', timeout: startTimeout }],
  // oxlint-disable-next-line no-empty-pattern
  empty: [({}, use) => withProduct('empty', use), { scope: 'worker', timeout: startTimeout }],
})

async function withProduct(kind: 'demo' | 'empty', use: (ready: Ready) => Promise<void>): Promise<void> {
  const running = runningProduct(kind)
  if (running !== undefined) return use(readySchema.parse(running))
  const product = await startProduct({ demo: kind === 'demo' })
  try {
    await use(product.ready)
  } finally {
    await product.stop()
  }
}

export { expect }
