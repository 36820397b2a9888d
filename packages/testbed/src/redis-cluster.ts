import { randomBytes } from 'node:crypto'
import { freePort } from './processes/free-port.ts'
import { until } from './processes/until.ts'
import { startRedis, withRedis, type RedisServer } from './stores/redis.ts'
import { temporaryFolder } from './temporary-folder.ts'

export type DisposableCluster = {
  /** The addresses of all nodes, separated by commas. */
  readonly url: string
  readonly urls: readonly string[]
  /** kill -9 of one node; its slots are not served until `restart`. */
  kill9(node: number): Promise<void>
  /** Starts a killed node again, with its data. */
  restart(node: number): Promise<void>
  /** Ends the nodes and removes their data. */
  stop(): Promise<void>
}

const slots = 16_384

/** A real Redis Cluster of masters on this machine, each with its share of the slots. */
export async function disposableCluster(count = 3): Promise<DisposableCluster> {
  const folders = Array.from({ length: count }, (_, i) => temporaryFolder(`redis-node-${i}`))
  const password = randomBytes(24).toString('base64url')
  const nodes: RedisServer[] = []
  const starts: (() => Promise<RedisServer>)[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill9()))
    for (const folder of folders) folder.remove()
  }
  try {
    const clusterPorts: number[] = []
    for (const { path: folder } of folders) {
      const clusterPort = await freePort()
      clusterPorts.push(clusterPort)
      const port = await freePort()
      const start = () => startRedis({ folder, port, clusterPort, password, fsync: 'everysec', diesWithParent: true })
      starts.push(start)
      nodes.push(await start())
    }
    await Promise.all(nodes.map((node, i) => join(node, i, nodes, clusterPorts)))
    await Promise.all(
      nodes.map(({ url }) => until(() => knowsAll(url, count), { within: 20_000, what: 'the cluster' })),
    )
  } catch (error) {
    await stop()
    throw error
  }
  const urls = nodes.map(({ url }) => url)
  return {
    url: urls.join(','),
    urls,
    async kill9(node) {
      await nodes[node]?.kill9()
    },
    async restart(node) {
      const start = starts[node]
      if (!start) throw new RangeError(`No node ${node}`)
      nodes[node] = await start()
      await Promise.all(urls.map((url) => until(() => knowsAll(url, count), { within: 20_000, what: 'the cluster' })))
    },
    stop,
  }
}

/** Gives the node its share of the slots and tells it of all others. */
function join(node: RedisServer, i: number, nodes: readonly RedisServer[], clusterPorts: readonly number[]) {
  const from = Math.floor((i * slots) / nodes.length)
  const to = Math.floor(((i + 1) * slots) / nodes.length) - 1
  return withRedis(node.url, async (redis) => {
    await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1)
    await redis.call('CLUSTER', 'ADDSLOTSRANGE', from, to)
    for (const [j, { port }] of nodes.entries()) {
      if (j !== i) await redis.call('CLUSTER', 'MEET', '127.0.0.1', port, clusterPorts[j] ?? 0)
    }
  })
}

const knowsAll = (url: string, count: number): Promise<boolean> =>
  withRedis(url, async (redis) => {
    const info = String(await redis.call('CLUSTER', 'INFO'))
    const says = (name: string, value: string | number) => info.includes(`${name}:${value}\r`)
    return says('cluster_state', 'ok') && says('cluster_slots_ok', slots) && says('cluster_known_nodes', count)
  })
