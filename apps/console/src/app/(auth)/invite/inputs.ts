import { z } from 'zod'
import { passwordInput, personName } from '../setup/inputs.ts'

const token = z.string().min(20).max(200)

/** For somebody who is signed in with the invited address. */
export const acceptInput = z.object({ token })

/** For somebody who has no account yet; its address is the invited one. */
export const joinInput = z.object({ token, name: personName, password: passwordInput })
