import { z } from 'zod'

/** How often a race is run in a row: once in `npm test`, 50 times by `npm run faults -- --races`. */
export const { RACE_TIMES: raceTimes } = z
  .object({ RACE_TIMES: z.coerce.number().int().min(1).max(10_000).default(1) })
  .parse(process.env)
