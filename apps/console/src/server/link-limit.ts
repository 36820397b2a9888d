import { refuse } from '#server/refusal.ts'
import { makeAttemptLimit } from '#server/sign-in-limit.ts'
import type { Context } from '#server/trpc.ts'

/** Runs what takes a token of a link, unless this address has failed too often; a failure counts. */
export async function limitedByAddress<T>(ctx: Context, purpose: string, work: () => Promise<T>): Promise<T> {
  const limit = makeAttemptLimit(ctx.stores.redis, purpose)
  if ((await limit.waitSeconds(ctx.address, ctx.address)) > 0) {
    throw refuse('busy', 'Too many attempts. Please try again later.')
  }
  try {
    return await work()
  } catch (problem) {
    await limit.failed(ctx.address, ctx.address)
    throw problem
  }
}
