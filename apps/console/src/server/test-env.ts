import { randomBytes } from 'node:crypto'
import { newCredentialKeys } from '@tollkeeper/domain/credential'
import { vi } from 'vitest'

/** A key pepper and the two halves of the credential key, as the proxy would have them. */
export type TestSecrets = { peppers: string; credentials: { publicKey: string; privateKey: string } }

/**
 * The environment of a console, for procedures that read it. Call it before the first procedure of a test file;
 * `over` replaces variables, such as PROXY_PUBLIC_URL by the address of a proxy that the test runs.
 */
export function testEnv(over: Readonly<Record<string, string>> = {}): TestSecrets {
  const peppers = `1:${randomBytes(32).toString('base64')}`
  const credentials = newCredentialKeys()
  const variables = {
    DATABASE_URL: 'postgres://unused.test/unused',
    REDIS_URL: 'redis://unused.test',
    NEXTAUTH_URL: 'http://console.test',
    NEXTAUTH_SECRET: randomBytes(32).toString('hex'),
    KEY_PEPPERS: peppers,
    CREDENTIAL_PUBLIC_KEY: credentials.publicKey,
    INTERNAL_TOKEN: 'internal-token-of-the-test',
    PROXY_PUBLIC_URL: 'http://proxy.test',
    LOG_LEVEL: 'silent',
    ...over,
  }
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  return { peppers, credentials }
}
