import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { inheritedEnv } from '../src/env.ts'
import { root } from './env.ts'

const setupSchema = z.object({ token: z.string().nullable() })

/**
 * The one-time link with which the first administrator signs up; undefined when somebody can sign in already.
 * A link that was printed earlier stops working.
 */
export async function setupLink(consoleAddress: string, databaseUrl: string): Promise<string | undefined> {
  const script = join(root, 'packages/db/src/setup-link.ts')
  const env = inheritedEnv({ DATABASE_URL: databaseUrl })
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env, cwd: root })
  const { token } = setupSchema.parse(JSON.parse(stdout))
  return token === null ? undefined : `${consoleAddress}/setup?token=${encodeURIComponent(token)}`
}

const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })) })

// A name that everybody knows, where the key may use it.
const preferred = 'gpt-4o-mini'

/** A model that a key may use; undefined when it may use none (any more: somebody may have revoked the key). */
export async function modelFor(proxyAddress: string, secret: string): Promise<string | undefined> {
  const response = await fetch(`${proxyAddress}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })
  const parsed = modelsSchema.safeParse(await response.json().catch(() => undefined))
  const models = parsed.data?.data.map(({ id }) => id) ?? []
  return models.includes(preferred) ? preferred : models[0]
}
