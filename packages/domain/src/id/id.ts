import { z } from 'zod'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** Organisation (tenant). Every store verb takes one, so that code without a tenant does not compile. */
export type OrgId = Branded<'OrgId'>
export type TeamId = Branded<'TeamId'>
export type RoleGroupId = Branded<'RoleGroupId'>
export type RoleId = Branded<'RoleId'>
/** A person inside one organisation (a member), which is the `user` scope of the chain. */
export type MemberId = Branded<'MemberId'>
export type KeyId = Branded<'KeyId'>
export type BudgetId = Branded<'BudgetId'>
export type ProviderId = Branded<'ProviderId'>
export type RequestId = Branded<'RequestId'>
/** One call of a provider; a request has one or more. The unit of holding, settling and billing. */
export type AttemptId = Branded<'AttemptId'>

/** Ids reach Redis keys and SQL, so their characters are fixed (security.md T-HDR). */
const idPattern = /^[A-Za-z0-9._:-]{1,64}$/
const idOf = <T extends string>() => z.string().regex(idPattern, 'not a valid id') as unknown as z.ZodType<T, string>

export const orgId = idOf<OrgId>()
export const teamId = idOf<TeamId>()
export const roleGroupId = idOf<RoleGroupId>()
export const roleId = idOf<RoleId>()
export const memberId = idOf<MemberId>()
export const keyId = idOf<KeyId>()
export const budgetId = idOf<BudgetId>()
export const providerId = idOf<ProviderId>()
export const requestId = idOf<RequestId>()
export const attemptId = idOf<AttemptId>()

const prefixes = {
  org: 'org',
  team: 'team',
  roleGroup: 'rgrp',
  role: 'role',
  member: 'mem',
  key: 'key',
  budget: 'bud',
  provider: 'prov',
  request: 'req',
  slice: 'slice',
  process: 'proc',
  audit: 'aud',
  invite: 'inv',
  override: 'price',
  raise: 'raise',
  raiseRequest: 'ask',
  rerating: 'rate',
} as const

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * Random bytes as base62 text, one character per byte, without bias.
 * `random(n)` gives n bytes; bytes ≥ 248 are drawn again, since 248 is the last multiple of 62 in a byte.
 */
export function base62(length: number, random: (count: number) => Uint8Array): string {
  let text = ''
  while (text.length < length) {
    for (const byte of random(length - text.length + 4)) {
      if (byte < 248 && text.length < length) text += alphabet[byte % 62]
    }
  }
  return text
}

type IdOf = {
  org: OrgId
  team: TeamId
  roleGroup: RoleGroupId
  role: RoleId
  member: MemberId
  key: KeyId
  budget: BudgetId
  provider: ProviderId
  request: RequestId
  /** The hold of a slice. */
  slice: AttemptId
  /** One run of a proxy. */
  process: string
  audit: string
  invite: string
  override: string
  raise: string
  raiseRequest: string
  rerating: string
}

/** A new id such as `team_4fQ…`: prefix and 20 base62 characters (119 bits). Ids carry no time and reveal no tenant. */
export function newId<Kind extends keyof IdOf>(kind: Kind, random: (count: number) => Uint8Array): IdOf[Kind] {
  return `${prefixes[kind]}_${base62(20, random)}` as IdOf[Kind]
}
