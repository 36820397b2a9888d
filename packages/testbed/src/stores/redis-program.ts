import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { inheritedEnv, testbedEnv } from '../env.ts'
import { unpackDebianRedis } from './debian-redis.ts'
import { StoreProblem } from './store-problem.ts'

/** How to run a Redis server on this machine. */
export type RedisProgram =
  | { readonly kind: 'binary'; readonly command: string; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: 'container'; readonly image: string }

let found: RedisProgram | undefined

/**
 * The first of: redis-server or valkey-server on the PATH, Debian's package unpacked into `.toolchain`,
 * a container. Downloading the package takes seconds and is announced with `say`.
 *
 * @throws StoreProblem saying what to install when there is none
 */
export function redisProgram(say: (line: string) => void = () => {}): RedisProgram {
  found ??= binary('redis-server') ?? binary('valkey-server') ?? fromDebian(say) ?? container()
  if (found) return found
  const install =
    process.platform === 'darwin'
      ? 'run `brew install redis`'
      : 'install redis-server or valkey-server (or a Docker engine)'
  throw new StoreProblem(`There is no Redis on this machine: ${install}, or set REDIS_URL to one that runs.`)
}

function binary(command: string, env: Readonly<Record<string, string>> = {}): RedisProgram | undefined {
  const { status } = spawnSync(command, ['--version'], { env: inheritedEnv(env) })
  return status === 0 ? { kind: 'binary', command, env } : undefined
}

function fromDebian(say: (line: string) => void): RedisProgram | undefined {
  const folder = join(testbedEnv().toolchainFolder, 'redis')
  if (!existsSync(folder)) unpackDebianRedis(folder, say)
  const libraries = join(folder, 'usr/lib')
  if (!existsSync(libraries)) return undefined
  // Below usr/lib lies one folder named after the architecture.
  const searchPath = readdirSync(libraries).map((name) => join(libraries, name))
  return binary(join(folder, 'usr/bin/redis-server'), { LD_LIBRARY_PATH: searchPath.join(':') })
}

function container(): RedisProgram | undefined {
  const engine = spawnSync('docker', ['info'], { timeout: 10_000 })
  // Valkey rather than a recent Redis, for its licence.
  return engine.status === 0 ? { kind: 'container', image: 'valkey/valkey:8.1-alpine' } : undefined
}
