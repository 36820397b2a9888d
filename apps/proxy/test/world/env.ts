import { z } from 'zod'

const { RACE_TIMES: times } = z
  .object({ RACE_TIMES: z.coerce.number().int().min(1).max(10_000).default(2) })
  .parse(process.env)

/** One number per repetition of a race: few in `npm test`, 50 by `npm run faults`. */
export const repetitions = Array.from({ length: times }, (_, i) => i + 1)
