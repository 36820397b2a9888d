'use client'

import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'

const health = z.object({ postgres: z.boolean() })
const everyMs = 15_000

/** Whether the console's database answers; undefined while nobody knows. Asked again as long as somebody looks. */
export function useDatabaseAnswers(): boolean | undefined {
  const { data } = useQuery({
    queryKey: ['store-health'],
    // 503 is an answer too: its body says which store is away.
    queryFn: async () => health.parse(await (await fetch('/api/health', { cache: 'no-store' })).json()).postgres,
    refetchInterval: everyMs,
    retry: false,
  })
  return data
}
