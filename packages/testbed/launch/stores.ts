import { freePort } from '../src/processes/free-port.ts'
import { startPostgres, withClient } from '../src/stores/postgres.ts'
import { startRedis, withRedis } from '../src/stores/redis.ts'
import type { DataFolder } from './data-folder.ts'
import type { LaunchEnv } from './env.ts'
import { Problem, say } from './progress.mjs'
import type { Supervisor } from './supervisor.ts'

/** Starts the embedded stores, or makes sure that the given ones answer; gives their URLs. */
export async function startStores(
  env: LaunchEnv,
  folder: DataFolder,
  supervisor: Supervisor,
): Promise<{ databaseUrl: string; redisUrl: string }> {
  const databaseUrl = env.DATABASE_URL ?? (await embeddedPostgres(folder, supervisor))
  const redisUrl = env.REDIS_URL ?? (await embeddedRedis(folder, supervisor))
  if (env.DATABASE_URL) {
    await answersAt('DATABASE_URL', env.DATABASE_URL, (url) => withClient(url, (client) => client.query('SELECT 1')))
  }
  if (env.REDIS_URL) await answersAt('REDIS_URL', env.REDIS_URL, (url) => withRedis(url, (redis) => redis.ping()))
  return { databaseUrl, redisUrl }
}

async function embeddedPostgres(folder: DataFolder, supervisor: Supervisor): Promise<string> {
  // Kept over restarts of the server, so that whoever is connected finds it again.
  const port = await freePort()
  let url = ''
  const start = async (born: (pid: number) => void) => {
    const server = await startPostgres({ folder: folder.at('postgres'), port, database: 'tollkeeper', born })
    url = server.url
    return server
  }
  await supervisor.start([{ name: 'postgres', signal: 'SIGINT', start }])
  return url
}

async function embeddedRedis(folder: DataFolder, supervisor: Supervisor): Promise<string> {
  const port = await freePort()
  let url = ''
  const start = async (born: (pid: number) => void) => {
    const server = await startRedis({ folder: folder.at('redis'), port, say, born })
    url = server.url
    return server
  }
  await supervisor.start([{ name: 'redis', start }])
  return url
}

async function answersAt(name: string, url: string, ask: (url: string) => Promise<unknown>): Promise<void> {
  try {
    await ask(url)
  } catch (cause) {
    const reason = cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : ''
    throw new Problem(`Nothing answers at ${name} (${new URL(url).host})${reason}.`, { cause })
  }
}
