import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '#server/router.ts'

/** A request as the page shows it. */
export type SeenRequest = inferRouterOutputs<AppRouter>['requests']['one']
