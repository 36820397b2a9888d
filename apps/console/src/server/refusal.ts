import { TRPCError } from '@trpc/server'

/** Why a procedure says no, where the input alone could not tell. */
const codes = {
  conflict: 'CONFLICT',
  invalid: 'BAD_REQUEST',
  forbidden: 'FORBIDDEN',
  'not-found': 'NOT_FOUND',
  unavailable: 'SERVICE_UNAVAILABLE',
  busy: 'TOO_MANY_REQUESTS',
} as const

/** Carries the form field at fault to the error formatter. */
export class FieldAtFault extends Error {
  readonly field: string
  constructor(field: string) {
    super(`Field at fault: ${field}`)
    this.field = field
  }
}

/**
 * An expected "no" for people: `throw refuse('conflict', 'There is already a team with this name.', 'name')`.
 * The sentence is shown as it is; with `field` it is shown beside that field of the form.
 */
export const refuse = (reason: keyof typeof codes, sentence: string, field?: string): TRPCError =>
  new TRPCError({
    code: codes[reason],
    message: sentence,
    ...(field === undefined ? {} : { cause: new FieldAtFault(field) }),
  })
