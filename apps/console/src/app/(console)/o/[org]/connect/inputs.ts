import { requestId } from '@tollkeeper/domain/id'
import { keyPattern } from '@tollkeeper/domain/key'
import { z } from 'zod'

/** `key` is the text of a key that was just made; without it a short-lived one is minted. */
export const sendTestInput = z.object({
  key: z.string().regex(keyPattern, 'Not a gateway key').nullable(),
  model: z.string().min(1).max(256),
})

/** One request, or the newest one. */
export const lastRequestInput = z.object({ id: requestId.nullable() })
