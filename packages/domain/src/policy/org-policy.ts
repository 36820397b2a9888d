import { z } from 'zod'
import { budget } from '../budget/index.ts'
import { orgId, providerId } from '../id/index.ts'
import { priceText } from '../price/index.ts'
import { providerCeiling } from '../provider-limit/index.ts'
import { rateLimit } from '../rate/index.ts'
import { timeZone } from '../time/index.ts'

/** Kinds of provider an organisation can connect. */
export const providerKinds = ['simulator', 'openai', 'anthropic', 'deepseek', 'ollama', 'openai-compatible'] as const
export type ProviderKind = (typeof providerKinds)[number]

/** How input tokens are counted: an exact tokenizer, or UTF-8 bytes as a proven upper bound. */
export const tokenEncodings = ['o200k_base', 'cl100k_base', 'bytes'] as const
export type TokenEncoding = (typeof tokenEncodings)[number]

/**
 * What happens to requests while Redis is away. `closed`: they are refused. `bounded`: each proxy answers them out of
 * slices that it held beforehand, so that no budget can be exceeded, until those are used up (money.md 4.7).
 */
export const storeOutages = ['closed', 'bounded'] as const
export type StoreOutage = (typeof storeOutages)[number]

export const policyProvider = z.object({
  id: providerId,
  kind: z.enum(providerKinds),
  name: z.string(),
  /** Ends without a slash, includes `/v1` where the provider has it. */
  baseUrl: z.url(),
  /** Credential sealed to the proxy's key; null when the provider needs none. */
  sealedCredential: z.string().nullable(),
})
export type PolicyProvider = z.output<typeof policyProvider>

export const policyModel = z.object({
  /** The name callers use. */
  name: z.string(),
  providerId,
  /** The name the provider uses. */
  upstreamName: z.string(),
  /** Null: the price book does not know this model. Refused on hard budgets, never free. */
  price: priceText.nullable(),
  contextWindow: z.int().positive().nullable(),
  maxOutputTokens: z.int().positive(),
  encoding: z.enum(tokenEncodings),
  /**
   * Input tokens of one image: of low detail, and at most. Null: not known, so images are refused on hard budgets.
   * Policies of earlier releases lack it.
   */
  imageTokens: z.object({ low: z.int().positive(), most: z.int().positive() }).nullable().default(null),
  /** What the provider allows all requests of the organisation together. Policies of earlier releases lack it. */
  ceiling: providerCeiling.nullable().default(null),
  createdAtMs: z.int(),
})
export type PolicyModel = z.output<typeof policyModel>

/** Most models that may stand in for one. */
export const mostStandIns = 5

/** Which models answer instead of one, in order, when its provider does not. All by the names that callers use. */
export const fallbackChain = z.object({
  model: z.string().min(1).max(256),
  standIns: z.array(z.string().min(1).max(256)).min(1).max(mostStandIns),
})
export type FallbackChain = z.output<typeof fallbackChain>

/** What the proxy must know about one organisation: one value, replaced as a whole. */
export const orgPolicy = z.object({
  /** Grows with every change of the organisation; an older policy never replaces a newer one. */
  version: z.int().nonnegative(),
  orgId,
  slug: z.string(),
  name: z.string(),
  timeZone,
  suspended: z.boolean(),
  settings: z.object({
    /** Status of a money refusal (design.md 9). */
    moneyRefusalStatus: z.union([z.literal(402), z.literal(429)]),
    /** Whether refusals state amounts. */
    showAmounts: z.boolean(),
    /** Output cap given to requests that name none. */
    defaultMaxOutputTokens: z.int().positive(),
    /** While budgets cannot be checked. Absent in policies that were published before there was a choice. */
    storeOutage: z.enum(storeOutages).default('closed'),
    /** Whether equal requests that run at the same time share one call. Policies of earlier releases lack it. */
    joinInFlight: z.boolean().default(false),
    /** Where a refusal sends people: the console's address without a slash at its end. */
    consoleUrl: z.url().nullable(),
  }),
  budgets: z.array(budget),
  rateLimits: z.array(rateLimit),
  providers: z.array(policyProvider),
  models: z.array(policyModel),
  /** At most one for each model. Policies of earlier releases have none. */
  fallbacks: z.array(fallbackChain).default([]),
})
export type OrgPolicy = z.output<typeof orgPolicy>
