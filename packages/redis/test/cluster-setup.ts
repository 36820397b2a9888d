import { disposableCluster } from '@tollkeeper/testbed/redis-cluster'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Addresses of a three-node Redis Cluster, where the tests are to run on one; null elsewhere. */
    clusterUrl: string | null
  }
}

/** vitest `globalSetup` of the project `cluster`. Gives the clean-up. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await disposableCluster()
  project.provide('clusterUrl', cluster.url)
  return () => cluster.stop()
}
