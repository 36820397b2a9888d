import { memberId, roleGroupId, roleId, teamId } from '@tollkeeper/domain/id'
import { z } from 'zod'
import { accesses } from '#server/roles.ts'

/** Text that people see: trimmed, in one normal form, without control, direction or zero-width characters. */
const shownName = z
  .string()
  .transform((text) => text.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .min(1, 'Enter a name')
      .max(64, 'Use at most 64 characters')
      .regex(/^[^\p{Cc}\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]*$/u, 'Use visible characters only'),
  )

export const nameInput = z.object({ name: shownName })
export const teamInput = z.object({ id: teamId })
export const roleInput = z.object({ name: shownName, roleGroupId: roleGroupId.nullable() })
export const memberInput = z.object({ id: memberId })
export const personInput = z.object({
  id: memberId,
  access: z.enum(accesses),
  roleId: roleId.nullable(),
  teamIds: z.array(teamId).max(200),
  /** Teams among them that the person leads. */
  leads: z.array(teamId).max(200),
})

export const inviteInput = z.object({
  email: z.email('Enter an e-mail address').max(254, 'Use at most 254 characters'),
  access: z.enum(accesses),
  /** A team, or '' for none yet. */
  teamId: z.union([z.literal('').transform(() => null), teamId]),
})
