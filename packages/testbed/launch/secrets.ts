import { randomBytes } from 'node:crypto'
import { newCredentialKeys } from '@tollkeeper/domain/credential'
import { z } from 'zod'
import type { DataFolder } from './data-folder.ts'
import type { LaunchEnv } from './env.ts'

const secretsSchema = z.object({
  KEY_PEPPERS: z.string(),
  CREDENTIAL_PRIVATE_KEY: z.string(),
  CREDENTIAL_PUBLIC_KEY: z.string(),
  INTERNAL_TOKEN: z.string(),
  NEXTAUTH_SECRET: z.string(),
})

/** Named as the processes want them in their environment. */
export type Secrets = z.output<typeof secretsSchema>

const fileName = 'secrets.json'

/**
 * The secrets of this instance: made once and kept in the data folder, so that keys and sealed credentials
 * stay good over a restart. A secret that the environment gives takes precedence.
 */
export function secretsOf(folder: DataFolder, env: LaunchEnv): Secrets {
  const kept = z.record(z.string(), z.string()).parse(folder.readJson(fileName) ?? {})
  const whole = secretsSchema.parse({ ...newSecrets(), ...kept })
  folder.writeJson(fileName, whole)
  const given = Object.entries(env).filter(([, value]) => value !== undefined)
  return secretsSchema.parse({ ...whole, ...Object.fromEntries(given) })
}

function newSecrets(): Secrets {
  const credential = newCredentialKeys()
  return {
    KEY_PEPPERS: `1:${randomBytes(32).toString('base64')}`,
    CREDENTIAL_PRIVATE_KEY: credential.privateKey,
    CREDENTIAL_PUBLIC_KEY: credential.publicKey,
    INTERNAL_TOKEN: randomBytes(32).toString('base64url'),
    NEXTAUTH_SECRET: randomBytes(32).toString('base64url'),
  }
}
