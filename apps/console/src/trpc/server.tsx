import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { cache, type ReactNode } from 'react'
import { requestContext } from '#server/context.ts'
import { appRouter } from '#server/router.ts'
import { makeQueryClient } from '#trpc/query-client.ts'

const queryClient = cache(makeQueryClient)

/** In server pages: the same procedures as in the browser, called without HTTP. */
export const api = createTRPCOptionsProxy({ ctx: requestContext, router: appRouter, queryClient })

/**
 * Loads on the server what the browser will ask for; needs `<Prefetched>` around the part that asks. Await it, so that
 * the browser's first picture is the server's. Where it fails the browser asks again and shows what went wrong.
 */
export function prefetch(options: { queryKey: readonly unknown[] }): Promise<void> {
  return queryClient().prefetchQuery(options)
}

/** Hands what was prefetched to the browser. */
export const Prefetched = ({ children }: { children: ReactNode }) => (
  <HydrationBoundary state={dehydrate(queryClient())}>{children}</HydrationBoundary>
)
