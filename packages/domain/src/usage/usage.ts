import { z } from 'zod'
import { tokenClasses } from '../price/index.ts'

/** Token counts of one attempt in disjoint classes, whole numbers. */
export const tokenCounts = z.partialRecord(z.enum(tokenClasses), z.int().nonnegative().max(2_147_483_647))

/**
 * Where the counts came from: the provider's report, our own count (the stream broke), or the hold itself
 * (nobody knows yet; a provisional charge of the worst case).
 */
export const usageSources = ['reported', 'estimated', 'held'] as const
export type UsageSource = (typeof usageSources)[number]
