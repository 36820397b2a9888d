import { defineConfig } from 'vitest/config'

const stores = './packages/testbed/src/vitest-setup.ts'

// Everything runs with `npm test`; by hand: `pnpm exec vitest run --project pure packages/domain/src/price`.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          include: ['packages/{domain,wire}/src/**/*.test.ts'],
          maxWorkers: 2,
          // Properties run thousands of cases, and the machine may be busy with something else.
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'stores',
          provide: { clusterUrl: null },
          include: ['packages/{redis,db,providers}/{src,test}/**/*.test.ts', 'apps/console/src/**/*.test.{ts,tsx}'],
          globalSetup: stores,
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // The tests of the engine once more, on a Redis Cluster: one file at a time, because each empties it.
        test: {
          name: 'cluster',
          include: [
            'packages/redis/{src/scripts,test}/**/*.test.ts',
            'packages/redis/src/{shards,usage-stream}.test.ts',
          ],
          exclude: ['packages/redis/test/{kill,cluster}.test.ts'],
          globalSetup: './packages/redis/test/cluster-setup.ts',
          maxWorkers: 1,
          testTimeout: 60_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // Whole processes under load: one file at a time, so that they do not take each other's cores.
        test: {
          name: 'process',
          include: [
            'packages/testbed/{src,test}/**/*.test.ts',
            'apps/{simulator,proxy,worker,bench,faults}/{src,test}/**/*.test.ts',
          ],
          globalSetup: stores,
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
