import { randomBytes } from 'node:crypto'
import { newId } from '@tollkeeper/domain/id'
import { hashKey, newestPepper, newKeyText } from '@tollkeeper/domain/key'
import type { KeyRecord, OrgPolicy } from '@tollkeeper/domain/policy'
import type { ScopeIds } from '@tollkeeper/domain/scope'
import { testPeppers } from './secrets.ts'

/** A key as it is published, and the text that a client sends. */
export type BuiltKey = { record: KeyRecord; secret: string }

/** A key of an organisation, of no team and nobody's unless `scopes` says so. */
export function aKey(
  org: Pick<OrgPolicy, 'orgId'>,
  change: Partial<Omit<KeyRecord, 'scopes'>> & { scopes?: Partial<ScopeIds> } = {},
): BuiltKey {
  const { text, publicId, last4 } = newKeyText(randomBytes)
  const pepperVersion = newestPepper(testPeppers)
  const record: KeyRecord = {
    version: 1,
    publicId,
    name: `key …${last4}`,
    hash: hashKey(text, testPeppers, pepperVersion),
    pepperVersion,
    status: 'active',
    statusChangedAtMs: null,
    expiresAtMs: null,
    allowedModels: null,
    ...change,
    scopes: {
      orgId: org.orgId,
      teamId: null,
      roleGroupId: null,
      roleId: null,
      userId: null,
      keyId: newId('key', randomBytes),
      ...change.scopes,
    },
  }
  return { record, secret: text }
}
