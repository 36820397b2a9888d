import { z } from 'zod'
import { modelInput, oneInput } from '../inputs.ts'

/** The form "Apply to past usage", as typed. `since` is a day of the organisation's calendar. */
export const rerateForm = z.object({
  since: z.iso.date('Choose a day'),
  reason: z.string().trim().min(1, 'Say why, for the ledger').max(200, 'Use at most 200 characters'),
})

const ofModel = oneInput.extend({ model: modelInput.shape.model })
export const previewInput = ofModel.extend({ since: rerateForm.shape.since })
export const startInput = ofModel.extend(rerateForm.shape)
