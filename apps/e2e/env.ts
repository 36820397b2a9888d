import { readFileSync } from 'node:fs'

/** The browser to drive; undefined is Playwright's own. `npm test` sets it to the Chromium it found. */
export const chromiumPath: string | undefined = process.env['CHROMIUM_PATH'] || undefined

/**
 * The `ready.json` of a product that runs already, which a journey then uses instead of starting its own:
 * JOURNEY_DEMO=.data/ready.json, or JOURNEY_EMPTY for one that nobody has signed up to.
 */
export function runningProduct(kind: 'demo' | 'empty'): unknown {
  const file = process.env[kind === 'demo' ? 'JOURNEY_DEMO' : 'JOURNEY_EMPTY']
  return file ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}
