import { randomBytes } from 'node:crypto'

const run = randomBytes(2).toString('hex')

/** A name that no earlier run gave to anything, so that journeys can also use a product that runs already. */
export const named = (name: string): string => `${name} ${run}`
