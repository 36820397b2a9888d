import { budgetId } from '@tollkeeper/domain/id'
import { z } from 'zod'
import { budgetForm, scopeInput } from '../inputs.ts'

export const dayChoices = ['7', '30', '90'] as const

/** The form: a limit, and how many days are replayed under it. */
export const whatIfForm = budgetForm.extend({ days: z.enum(dayChoices) })
/** As typed. */
export type WhatIfForm = z.input<typeof whatIfForm>

/** `id`: the limit that it would replace. */
export const whatIfInput = whatIfForm.extend({ ...scopeInput.shape, id: budgetId.nullable() })
export type WhatIfInput = z.output<typeof whatIfInput>
