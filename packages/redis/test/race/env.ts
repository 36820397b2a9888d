import { z } from 'zod'

/** How often each race is run in a row: few in `npm test`, 50 by `npm run faults`. */
export const { RACE_TIMES: times } = z
  .object({ RACE_TIMES: z.coerce.number().int().min(1).max(10_000).default(3) })
  .parse(process.env)

/** One number per repetition. */
export const repetitions = Array.from({ length: times }, (_, i) => i + 1)
