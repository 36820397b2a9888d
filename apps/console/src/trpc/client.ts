'use client'

import { createTRPCContext } from '@trpc/tanstack-react-query'
import type { AppRouter } from '#server/router.ts'

/**
 * In the browser: `const api = useApi()`, then `useQuery(api.settings.read.queryOptions({ org }))` and
 * `useMutation(api.settings.update.mutationOptions({ … }))`.
 */
export const { TRPCProvider, useTRPC: useApi } = createTRPCContext<AppRouter>()
