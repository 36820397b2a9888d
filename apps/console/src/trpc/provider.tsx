'use client'

import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { useState, type ReactNode } from 'react'
import superjson from 'superjson'
import type { AppRouter } from '#server/router.ts'
import { TRPCProvider } from '#trpc/client.ts'
import { makeQueryClient } from '#trpc/query-client.ts'

let browserClient: QueryClient | undefined

/** One cache per browser; on the server one per request, so that nobody sees another's data. */
const queryClient = (): QueryClient =>
  typeof window === 'undefined' ? makeQueryClient() : (browserClient ??= makeQueryClient())

/** Gives the pages `useApi` and the query cache. */
export function ApiProvider({ children }: { children: ReactNode }) {
  const client = queryClient()
  const [api] = useState(() =>
    createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: '/api/trpc', maxItems: 10, transformer: superjson })] }),
  )
  return (
    <QueryClientProvider client={client}>
      <TRPCProvider trpcClient={api} queryClient={client}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  )
}
