import { z } from 'zod'

export const passwordInput = z.string().min(12, 'Use at least 12 characters').max(256, 'Use at most 256 characters')
export const personName = z.string().trim().min(1, 'Enter your name').max(80, 'Use at most 80 characters')
const emailInput = z.string().trim().toLowerCase().pipe(z.email('Enter an e-mail address')).pipe(z.string().max(254))

/** The first administrator. `token` comes from the set-up link. */
export const setUpInput = z.object({
  token: z.string().min(20).max(200),
  name: personName,
  email: emailInput,
  password: passwordInput,
})
