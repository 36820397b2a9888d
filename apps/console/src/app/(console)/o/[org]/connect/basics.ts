import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '#server/router.ts'

type Outputs = inferRouterOutputs<AppRouter>['connect']

/** What snippets are made of. */
export type Basics = Outputs['basics']
/** A request as the page tells of it. */
export type LastRequest = NonNullable<Outputs['last']>
