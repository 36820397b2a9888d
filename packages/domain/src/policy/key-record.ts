import { z } from 'zod'
import { scopeIds } from '../usage/attempt-event.ts'

export const keyStatuses = ['active', 'disabled', 'revoked'] as const
export type KeyStatus = (typeof keyStatuses)[number]

/**
 * What the proxy must know about one gateway key. Published by the console when a key changes, found by the public id
 * inside the key's text. Holds no secret: only its keyed hash.
 */
export const keyRecord = z.object({
  /** Grows with every change of this key; an older record never replaces a newer one. */
  version: z.int().nonnegative(),
  publicId: z.string(),
  name: z.string(),
  /** Lower-case hex of HMAC-SHA-256(pepper, whole key text). */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  pepperVersion: z.int(),
  status: z.enum(keyStatuses),
  statusChangedAtMs: z.int().nullable(),
  expiresAtMs: z.int().nullable(),
  scopes: scopeIds,
  /** Model names or patterns with `*`; null allows every model of the organisation. */
  allowedModels: z.array(z.string()).nullable(),
})
export type KeyRecord = z.output<typeof keyRecord>
