import { useQueryClient } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '#server/router.ts'
import { useApi } from '#trpc/client.ts'

export type Connected = inferRouterOutputs<AppRouter>['providers']['list']['providers'][number]
export type ConnectedModel = Connected['models'][number]

export const kindNames: Record<Connected['kind'], string> = {
  simulator: 'Simulated',
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  deepseek: 'DeepSeek',
  ollama: 'Ollama',
  'openai-compatible': 'OpenAI-compatible',
}

/** Asks for the list again, after a change. */
export function useRefresh(): () => Promise<void> {
  const queries = useQueryClient()
  const api = useApi()
  return async () => {
    const changed = [api.providers.pathKey(), api.fallbacks.pathKey()]
    await Promise.all(changed.map((queryKey) => queries.invalidateQueries({ queryKey })))
  }
}
