import { headers } from 'next/headers'
import { cache } from 'react'
import { addressOf } from '#server/auth.ts'
import { currentSession } from '#server/session.ts'
import { stores } from '#server/stores.ts'
import type { Context } from '#server/trpc.ts'

/** The context of the present request; its id was set by `src/proxy.ts`. */
export const requestContext = cache(async (): Promise<Context> => {
  const given = await headers()
  const requestId = given.get('x-request-id') ?? crypto.randomUUID()
  return { stores: stores(), session: await currentSession(), requestId, address: addressOf(given) }
})
