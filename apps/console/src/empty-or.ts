import { z } from 'zod'

/**
 * A field that may stay empty, which gives null; anything else is parsed as `inner`, whose sentences a person sees. A
 * union would tell what is wrong with it as the empty text instead.
 */
export const emptyOr = <T>(inner: z.ZodType<T, string>) =>
  z
    .string()
    .transform((text) => (text.trim() === '' ? null : text))
    .pipe(inner.nullable())
