import type { OrgId, ProviderId } from '@tollkeeper/domain/id'
import type { ProviderKind } from '@tollkeeper/domain/policy'
import { atomic } from '../atomic.ts'
import type { Db } from '../client.ts'
import { makeId } from '../ids.ts'
import { noteOrgChange } from '../policies/outbox.ts'
import { forget } from '../provider-limits.ts'
import { kindToRow, one, type Provider } from './provider.ts'

/** `sealed` comes from domain/credential `sealCredential`, bound to organisation, provider id and origin. */
export type Credential = { sealed: string; last4: string }

export type NewProvider = {
  /** Made beforehand with `newProviderId`, since the credential is sealed to it. */
  id?: ProviderId
  name: string
  kind: ProviderKind
  baseUrl: string
  credential: Credential | null
}

/** The id of a provider that is about to be created. */
export const newProviderId = (): ProviderId => makeId('provider')

export async function create(db: Db, orgId: OrgId, input: NewProvider, at = new Date()): Promise<Provider> {
  const id = input.id ?? newProviderId()
  return atomic(db, async (tx) => {
    await tx.provider.create({
      data: {
        orgId,
        id,
        name: input.name,
        kind: kindToRow(input.kind),
        baseUrl: trimmed(input.baseUrl),
        createdAt: at,
        ...credentialColumns(input.credential, at),
      },
    })
    await noteOrgChange(tx, orgId)
    const made = await one(tx, orgId, id)
    if (!made) throw new Error('The provider just made cannot be read')
    return made
  })
}

/**
 * Changes name or address. A credential is sealed to the origin it was given for, so another origin drops it: it must be
 * entered again.
 */
export async function update(
  db: Db,
  orgId: OrgId,
  id: ProviderId,
  input: { name?: string; baseUrl?: string },
): Promise<Provider | undefined> {
  return atomic(db, async (tx) => {
    const before = await one(tx, orgId, id)
    if (!before) return undefined
    const baseUrl = trimmed(input.baseUrl ?? before.baseUrl)
    const moved = new URL(baseUrl).origin !== new URL(before.baseUrl).origin
    if (moved) await forget(tx, orgId, id)
    await tx.provider.update({
      where: { orgId_id: { orgId, id } },
      data: {
        baseUrl,
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(moved ? credentialColumns(null, null) : {}),
      },
    })
    await noteOrgChange(tx, orgId)
    return one(tx, orgId, id)
  })
}

/** Replaces the credential. False when there is no such provider. */
export const setCredential = (
  db: Db,
  orgId: OrgId,
  id: ProviderId,
  credential: Credential | null,
  at = new Date(),
): Promise<boolean> =>
  atomic(db, async (tx) => {
    // They were those of the credential that goes.
    await forget(tx, orgId, id)
    return changed(tx, orgId, id, credentialColumns(credential, at))
  })

export const setEnabled = (db: Db, orgId: OrgId, id: ProviderId, enabled: boolean): Promise<boolean> =>
  changed(db, orgId, id, { enabled })

/** Removes a provider and its credential. The row stays, since ledger rows name it. */
export const remove = (db: Db, orgId: OrgId, id: ProviderId, at = new Date()): Promise<boolean> =>
  changed(db, orgId, id, { removedAt: at, enabled: false, ...credentialColumns(null, null) })

type Columns = Partial<{
  enabled: boolean
  removedAt: Date
  sealedCredential: string | null
  credentialLast4: string | null
  credentialSetAt: Date | null
}>

async function changed(db: Db, orgId: OrgId, id: ProviderId, data: Columns): Promise<boolean> {
  return atomic(db, async (tx) => {
    const { count } = await tx.provider.updateMany({ where: { orgId, id, removedAt: null }, data })
    if (count === 1) await noteOrgChange(tx, orgId)
    return count === 1
  })
}

const credentialColumns = (credential: Credential | null, at: Date | null) => ({
  sealedCredential: credential?.sealed ?? null,
  credentialLast4: credential?.last4 ?? null,
  credentialSetAt: credential ? at : null,
})

const trimmed = (baseUrl: string): string => baseUrl.replace(/\/+$/, '')
