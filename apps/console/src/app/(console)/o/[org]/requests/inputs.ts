import { keyId, requestId, teamId } from '@tollkeeper/domain/id'
import { z } from 'zod'

/** What the list can be narrowed to, in the words of the page. */
export const requestStates = ['answered', 'refused', 'failed', 'left'] as const

/** A page of requests. `after` is the last row of the page before. */
export const listInput = z.object({
  /** A request id, or its beginning. */
  search: z.string().trim().max(64),
  state: z.enum(requestStates).nullable(),
  teamId: teamId.nullable(),
  keyId: keyId.nullable(),
  model: z.string().trim().max(256),
  after: z.object({ at: z.date(), id: requestId }).nullable(),
})

export const oneRequestInput = z.object({ id: requestId })
