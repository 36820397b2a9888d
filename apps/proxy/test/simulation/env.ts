import { z } from 'zod'

const schema = z.object({
  /** How many histories, and the seed of the first. */
  SIM_SEEDS: z.coerce.number().int().min(1).max(10_000_000).default(2_000),
  SIM_FIRST_SEED: z.coerce.number().int().min(1).default(1),
})

export const simulationEnv = () => schema.parse(process.env)
