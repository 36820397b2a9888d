import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'

/** A Lua script with the keys and arguments it declares. */
export type Script = {
  readonly name: string
  readonly lua: string
  /**
   * Runs it in one round trip. Gives the reply as it came: the caller parses it.
   *
   * @throws StoreUnavailable when Redis cannot be reached or cannot write
   * @throws Error when the keys or arguments do not fit the header, or the script refuses them
   */
  run: (redis: Redis, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>
}

/** How many of KEYS or ARGV a header line promises: `[1] epoch  [2] sequence  [3..] counters`. */
type Count = { least: number; most: number }

const part = /^-- @part (\w+)\n/gm

/**
 * Reads `scripts/<name>.lua`. A line `-- @part x` is replaced by `scripts/parts/x.lua`.
 *
 * @throws Error when the header lacks its KEYS or ARGV line, or the code uses a key that it does not declare
 */
export function defineScript(name: string): Script {
  const read = (file: string) => readFileSync(new URL(`./scripts/${file}.lua`, import.meta.url), 'utf8')
  const source = read(name)
  const keyCount = declared(name, source, 'KEYS')
  const argCount = declared(name, source, 'ARGV')
  const lua = withoutComments(source.replaceAll(part, (_line, file: string) => read(`parts/${file}`)))
  for (const [list, count] of [
    ['KEYS', keyCount],
    ['ARGV', argCount],
  ] as const) {
    const used = [...lua.matchAll(new RegExp(`${list}\\[(\\d+)\\]`, 'g'))].map((match) => Number(match[1]))
    const most = Math.max(0, ...used)
    if (most > count.most) throw new Error(`${name}.lua uses ${list}[${most}], which its header does not declare`)
  }
  const sha = createHash('sha1').update(lua).digest('hex')
  return {
    name,
    lua,
    run(redis, keys, args) {
      if (keys.length < keyCount.least || keys.length > keyCount.most) throw new Error(`${name}: ${keys.length} keys`)
      if (args.length < argCount.least || args.length > argCount.most)
        throw new Error(`${name}: ${args.length} arguments`)
      return reachable(
        redis.evalsha(sha, keys.length, ...keys, ...args).catch((error: unknown) => {
          // After a restart or SCRIPT FLUSH. Nothing ran, so it can be sent again, this time with its text.
          if (error instanceof Error && error.message.startsWith('NOSCRIPT')) {
            return redis.eval(lua, keys.length, ...keys, ...args)
          }
          throw error
        }),
      )
    },
  }
}

function declared(name: string, source: string, list: 'KEYS' | 'ARGV'): Count {
  const header = /^(?:--.*\n)+/.exec(source)?.[0] ?? ''
  const from = header.indexOf(`-- ${list} `)
  if (from < 0) throw new Error(`${name}.lua has no ${list} line in its header`)
  // A list may go on over lines that are indented further.
  const text = /^-- \w+.*\n(?:-- {3,}.*\n)*/.exec(header.slice(from))?.[0] ?? ''
  const positions = [...text.matchAll(/\[(\d+)(\.\.)?\]/g)]
  const open = positions.find((position) => position[2] !== undefined)
  if (open) return { least: Number(open[1]) - 1, most: Number.POSITIVE_INFINITY }
  const last = Number(positions.at(-1)?.[1] ?? 0)
  return { least: last, most: last }
}

/** Redis keeps and hashes the text, so only what runs is sent. */
const withoutComments = (lua: string): string => lua.replaceAll(/^\s*--.*\n/gm, '').replaceAll(/\s+--\s.*$/gm, '')
