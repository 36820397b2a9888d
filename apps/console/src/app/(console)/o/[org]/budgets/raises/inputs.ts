import { budgetId, requestId } from '@tollkeeper/domain/id'
import { usdInput } from '@tollkeeper/domain/price'
import { z } from 'zod'
import { scopeInput } from '../inputs.ts'

const id = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/, 'not a valid id')
const reason = z.string().trim().min(1, 'Say why').max(500, 'At most 500 characters')

/** When it ends, as ISO text with its offset. */
const until = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

/** The form of a raise; the procedure parses the same text again. */
export const raiseForm = z.object({ budget: budgetId, amount: usdInput, until, reason })
/** As typed. */
export type RaiseForm = z.input<typeof raiseForm>

export const askableInput = scopeInput

export const askInput = raiseForm.extend({ refusedRequest: requestId.nullable() })

export const giveInput = raiseForm.extend({ subject: id.nullable() })

/** The form of an approval; it may give less, or for a shorter time. */
export const approveForm = z.object({
  amount: usdInput,
  until,
  note: z.string().trim().max(500, 'At most 500 characters'),
})
export type ApproveForm = z.input<typeof approveForm>

export const approveInput = approveForm.extend({ id })
export const declineInput = z.object({ id, note: reason })
export const oneInput = z.object({ id })
