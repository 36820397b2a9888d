import { fileURLToPath } from 'node:url'
import { spawnProcess, type SpawnedProcess } from '@tollkeeper/testbed/processes'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** A real worker on the given stores, with short intervals so that tests need not wait. */
export const startWorker = (
  stores: { postgres: string; redis: string },
  env: Readonly<Record<string, string>> = {},
): Promise<SpawnedProcess> =>
  spawnProcess({
    name: 'worker',
    command: process.execPath,
    args: [main],
    env: {
      DATABASE_URL: stores.postgres,
      REDIS_URL: stores.redis,
      WORKER_PORT: '0',
      DRAIN_EVERY_MS: '100',
      DRAIN_CLAIM_MS: '500',
      SWEEP_EVERY_MS: '100',
      SWEEP_GRACE_MS: '0',
      PUBLISH_EVERY_MS: '100',
      OPEN_SHARDS_EVERY_MS: '100',
      VERIFY_EVERY_MS: '1000',
      ...env,
    },
    ready: /"listening"/,
  })
