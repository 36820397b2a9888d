import { z } from 'zod'

/** How the source of the price book says which model names a price is for. Case does not count, except in `regex`. */
export type MatchLogic =
  | { or: MatchLogic[] }
  | { and: MatchLogic[] }
  | { equals: string }
  | { starts_with: string }
  | { ends_with: string }
  | { contains: string }
  | { regex: string }

export const matchLogic: z.ZodType<MatchLogic> = z.lazy(() =>
  z.union([
    z.strictObject({ or: z.array(matchLogic) }),
    z.strictObject({ and: z.array(matchLogic) }),
    z.strictObject({ equals: z.string() }),
    z.strictObject({ starts_with: z.string() }),
    z.strictObject({ ends_with: z.string() }),
    z.strictObject({ contains: z.string() }),
    z.strictObject({ regex: z.string() }),
  ]),
)

/** Whether a model name is meant. Patterns come from the price book alone, never from a tenant. */
export function matches(logic: MatchLogic, model: string): boolean {
  const name = model.toLowerCase()
  if ('or' in logic) return logic.or.some((part) => matches(part, model))
  if ('and' in logic) return logic.and.every((part) => matches(part, model))
  if ('equals' in logic) return name === logic.equals.toLowerCase()
  if ('starts_with' in logic) return name.startsWith(logic.starts_with.toLowerCase())
  if ('ends_with' in logic) return name.endsWith(logic.ends_with.toLowerCase())
  if ('contains' in logic) return name.includes(logic.contains.toLowerCase())
  return new RegExp(logic.regex).test(model)
}
