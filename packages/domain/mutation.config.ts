import { defineConfig } from 'vitest/config'

/** The tests that `npm run mutation` runs against every change it makes. */
export default defineConfig({
  test: { include: ['src/{price,budget,ledger,rate,replay}/*.test.ts'], testTimeout: 60_000 },
})
