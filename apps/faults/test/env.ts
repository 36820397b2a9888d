import { z } from 'zod'

/** How often a race is run in a row: twice in `npm test`, 50 times by `npm run faults -- --races`. */
export const { RACE_TIMES: raceTimes } = z
  .object({ RACE_TIMES: z.coerce.number().int().min(1).max(10_000).default(2) })
  .parse(process.env)
