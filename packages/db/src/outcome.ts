import { PrismaClientKnownRequestError } from '@prisma/client/runtime/client'

/** What a change came to: an expected "no" is a value with its reason, anything unexpected is thrown. */
export type Outcome<T, Reason extends string> = { ok: true; value: T } | { ok: false; reason: Reason }

export const done = <T>(value: T): { ok: true; value: T } => ({ ok: true, value })
export const no = <Reason extends string>(reason: Reason): { ok: false; reason: Reason } => ({ ok: false, reason })

/** Whether Postgres refused a row because another has the same name, e-mail address or token. */
export const isTaken = (error: unknown): boolean =>
  error instanceof PrismaClientKnownRequestError && error.code === 'P2002'
