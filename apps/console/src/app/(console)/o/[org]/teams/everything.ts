import { useQueryClient } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '#server/router.ts'
import { useApi } from '#trpc/client.ts'

export type Everything = inferRouterOutputs<AppRouter>['teams']['all']
export type Person = Everything['people'][number]
export type Team = Everything['teams'][number]

/** Asks for the page's content again, after a change. */
export function useRefresh(): () => Promise<void> {
  const queries = useQueryClient()
  const api = useApi()
  return () => queries.invalidateQueries({ queryKey: api.teams.pathKey() })
}
