import { hash } from '@node-rs/argon2'

/** OWASP's second recommendation for argon2id: 19 MiB, 2 passes, 1 lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** argon2id of a password, with its salt and cost in the text. */
export const hashPassword = (password: string): Promise<string> => hash(password, cost)
