import { QueryClient } from '@tanstack/react-query'
import { TRPCClientError } from '@trpc/client'
import superjson from 'superjson'

/** Retries only what may pass by itself: no answer at all, or the server's own trouble. */
const mayPass = (error: unknown): boolean => {
  if (!(error instanceof TRPCClientError)) return false
  const status = (error.data as { httpStatus?: number } | null)?.httpStatus
  return status === undefined || status >= 500
}

export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: { staleTime: 15_000, retry: (failures, error) => failures < 2 && mayPass(error) },
      dehydrate: { serializeData: superjson.serialize },
      hydrate: { deserializeData: superjson.deserialize },
    },
  })
