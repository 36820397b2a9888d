import type { BrowserContext } from '@playwright/test'

/** Errors in the browser's console and uncaught ones, of all pages of a context, as they come. */
export function complaintsOf(context: BrowserContext): readonly string[] {
  const complaints: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => complaints.push(String(error.error())))
  return complaints
}
