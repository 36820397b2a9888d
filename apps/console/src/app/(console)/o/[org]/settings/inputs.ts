import { storeOutages } from '@tollkeeper/domain/policy'
import { provisionalRules } from '@tollkeeper/domain/usage'
import { timeZone } from '@tollkeeper/domain/time'
import { z } from 'zod'
import { emptyOr } from '#empty-or.ts'
import { organisationName } from '../../../../(auth)/welcome/inputs.ts'

/** A whole number as typed into a field, from 1 to `most`. */
const count = (most: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,10}$/, 'Enter a whole number')
    .transform(Number)
    .pipe(
      z
        .int()
        .min(1, 'Enter at least 1')
        .max(most, `Enter at most ${most.toLocaleString('en-US')}`),
    )

/** Like `count`; an empty field is no limit. */
const optionalCount = (most: number) => emptyOr(count(most))

const mostPerWindow = 1_000_000_000

/** The form of the page; the procedure parses the same text again. */
export const settingsInput = z.object({
  name: organisationName,
  timeZone,
  moneyRefusalStatus: z.enum(['402', '429']).transform((text): 402 | 429 => (text === '402' ? 402 : 429)),
  showAmounts: z.boolean(),
  defaultMaxOutputTokens: count(1_000_000),
  storeOutage: z.enum(storeOutages),
  provisionalRule: z.enum(provisionalRules),
  joinInFlight: z.boolean(),
  requestsPerMinute: optionalCount(mostPerWindow),
  requestsPerHour: optionalCount(mostPerWindow),
  tokensPerMinute: optionalCount(mostPerWindow),
  tokensPerHour: optionalCount(mostPerWindow),
})

/** As typed. */
export type SettingsForm = z.input<typeof settingsInput>
