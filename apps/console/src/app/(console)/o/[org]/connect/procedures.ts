import { list as listKeys } from '@tollkeeper/db/keys'
import { offeredModels } from '@tollkeeper/db/policies'
import { list as listRequests, one as oneRequest, type Request } from '@tollkeeper/db/requests'
import type { RequestId } from '@tollkeeper/domain/id'
import { consoleEnv } from '#env.ts'
import { refuse } from '#server/refusal.ts'
import { filterOfSight } from '#server/sight.ts'
import { orgProcedure, router, type OrgContext, type Sight } from '#server/trpc.ts'
import { callGateway, type Called } from './call-gateway.ts'
import { lastRequestInput, sendTestInput } from './inputs.ts'
import { suggestedModel } from './suggested-model.ts'
import { testTeamOf, withTestKey } from './test-key.ts'

type Ctx = OrgContext & { sight: Sight }

export const connectProcedures = router({
  /** What snippets are made of. */
  basics: orgProcedure('key.read').query(async ({ ctx }) => {
    const models = await offeredModels(ctx.db, ctx.org.id)
    return {
      gateway: consoleEnv().PROXY_PUBLIC_URL,
      models: models.map(({ name, price }) => ({ name, priced: price !== null })),
      suggested: suggestedModel(models),
      /** Whether there is a team that a test request could be charged to. */
      testable: (await testTeamOf(ctx)) !== undefined,
    }
  }),

  /** Sends one request through the public address, with the given key or one that ends right after. */
  sendTest: orgProcedure('key.mint')
    .input(sendTestInput)
    .mutation(async ({ ctx, input }): Promise<Called> => {
      const { PROXY_PUBLIC_URL: gateway } = consoleEnv()
      const { key, model } = input
      if (key !== null) {
        const search = { filter: { ...filterOfSight(ctx.sight), search: key }, limit: 1 }
        const { keys } = await listKeys(ctx.db, ctx.org.id, search)
        if (keys.length === 0) throw refuse('not-found', 'There is no such key.')
        return callGateway(gateway, key, model)
      }
      const teamId = await testTeamOf(ctx)
      if (teamId === undefined) throw refuse('conflict', 'A request is charged to a team, and you are in none yet.')
      return withTestKey(ctx, teamId, (secret) => callGateway(gateway, secret, model))
    }),

  /** The request of this id once it is recorded, or the newest one; null while there is none. */
  last: orgProcedure('request.read')
    .input(lastRequestInput)
    .query(async ({ ctx, input }) => {
      const request = await findRequest(ctx, input.id)
      if (!request) return null
      const { id, at, status, outcome, failure, modelAsked, modelUsed, inputTokens, outputTokens, costNano } = request
      const model = modelUsed ?? modelAsked
      return { id, at, status, outcome, failure, model, tokens: inputTokens + outputTokens, costNano }
    }),
})

async function findRequest(ctx: Ctx, id: RequestId | null): Promise<Request | undefined> {
  if (id === null) {
    const newest = { filter: filterOfSight(ctx.sight), limit: 1 }
    return (await listRequests(ctx.db, ctx.org.id, newest)).requests[0]
  }
  const request = await oneRequest(ctx.db, ctx.org.id, id)
  const { sight } = ctx
  if (!request || sight.kind === 'all' || request.member?.id === sight.memberId) return request
  return sight.kind === 'team' && request.team && sight.teamIds.includes(request.team.id) ? request : undefined
}
