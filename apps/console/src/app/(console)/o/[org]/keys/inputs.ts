import { keyId, memberId, teamId } from '@tollkeeper/domain/id'
import { usdInput } from '@tollkeeper/domain/price'
import { budgetPeriod } from '@tollkeeper/domain/time'
import { z } from 'zod'
import { emptyOr } from '#empty-or.ts'

/** States a list of keys can be narrowed to. */
export const listedStatuses = ['active', 'disabled', 'expired', 'revoked'] as const

/** A page of the list. `after` is the last row of the page before. */
export const listInput = z.object({
  search: z.string().trim().max(200),
  status: z.enum(listedStatuses).nullable(),
  teamId: teamId.nullable(),
  after: z.object({ createdAt: z.date(), id: keyId }).nullable(),
})

const keyName = z.string().trim().min(1, 'Enter a name').max(80, 'Use at most 80 characters')

/** An amount of USD as typed; an empty field is no quota. */
const optionalUsd = emptyOr(usdInput)

const mostPatterns = 50

/** Names or patterns of models, separated by commas, spaces or lines; none means every model. */
export const modelPatterns = z
  .string()
  .max(8_000, 'Use at most 8,000 characters')
  .transform((text) => [...new Set(text.split(/[\s,]+/).filter((part) => part !== ''))])
  .pipe(
    z
      .array(z.string().max(256, 'A model name has at most 256 characters'))
      .max(mostPatterns, `Use at most ${mostPatterns} names or patterns`),
  )
  .transform((patterns) => (patterns.length === 0 ? null : patterns))

/** How long a key lives: never ends, so many days, or until the end of a day. */
export const expiries = ['never', '1', '7', '30', '90', '365', 'date'] as const

/** Stands for a team that is made together with the key. */
export const newTeam = 'new'

/** The form "Create API key", as typed; the procedure parses the same text. */
export const createKeyInput = z
  .object({
    name: keyName,
    teamId: z.union([z.literal(newTeam), teamId], 'Choose a team'),
    /** Name of the team to make, where `teamId` is `new`. */
    teamName: z.string().trim().max(80, 'Use at most 80 characters'),
    quota: optionalUsd,
    period: budgetPeriod,
    /** A person, or '' for a service. */
    ownerId: z.union([z.literal('').transform(() => null), memberId]),
    expires: z.enum(expiries),
    /** `2026-12-31`, where `expires` is `date`. */
    expiresOn: z.string(),
    allowedModels: modelPatterns,
  })
  .superRefine((input, context) => {
    if (input.teamId === newTeam && input.teamName === '') {
      context.addIssue({ code: 'custom', path: ['teamName'], message: 'Enter a name for the team' })
    }
    if (input.expires === 'date' && !/^\d{4}-\d{2}-\d{2}$/.test(input.expiresOn)) {
      context.addIssue({ code: 'custom', path: ['expiresOn'], message: 'Choose a day' })
    }
  })
export type CreateKeyForm = z.input<typeof createKeyInput>

/** Whose limits a key would pass through. */
export const chainInput = z.object({
  teamId: z.union([z.literal(newTeam), teamId]),
  ownerId: memberId.nullable(),
})

export const oneKeyInput = z.object({ id: keyId })

/** The form "Edit quota"; an empty amount takes the quota away. */
export const quotaInput = z.object({ quota: optionalUsd, period: budgetPeriod })
