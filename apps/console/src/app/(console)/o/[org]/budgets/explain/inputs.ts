import { keyId, memberId, teamId } from '@tollkeeper/domain/id'
import { z } from 'zod'
import { scopeInput } from '../inputs.ts'
import { emptyOr } from '#empty-or.ts'

/** Whose limits are explained: a key, or a person in one of their teams. */
const subjectInput = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('key'), id: keyId }),
  z.object({ kind: z.literal('user'), id: memberId, teamId: teamId.nullable() }),
])
export type Subject = z.input<typeof subjectInput>

const count = z
  .string()
  .trim()
  .regex(/^\d{1,9}$/, 'Enter a whole number of tokens')
  .transform(Number)
  .pipe(z.int().min(1, 'Enter at least 1').max(100_000_000, 'Enter at most 100,000,000'))

/** The request that is asked about, as typed. */
export const explainForm = z.object({
  model: z.string().min(1, 'Choose a model').max(256),
  inputTokens: count,
  /** Empty: as much as a request gets that names no cap. */
  maxOutputTokens: emptyOr(count),
})
export type ExplainForm = z.input<typeof explainForm>

export const explainInput = explainForm.extend({ subject: subjectInput })

/** Subjects are offered within a scope; null: everybody the viewer may see. */
export const subjectsInput = z.object({ scope: scopeInput.shape.scope.nullable() })
