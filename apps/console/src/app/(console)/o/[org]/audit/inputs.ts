import { z } from 'zod'

const id = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/)

/** A page of the log. `after` is the last entry of the page before. */
export const logInput = z.object({
  actor: id.nullable(),
  /** An action such as `budget.set`, or every action on a noun: `budget`. */
  action: z
    .string()
    .regex(/^[a-z-]{1,32}(\.[a-z-]{1,32})?$/)
    .nullable(),
  after: z.object({ at: z.date(), id }).nullable(),
})
