import { isGiven, type Fields } from '../field.ts'
import { untranslatable } from './untranslatable.ts'

/** What a translation does with each field of a body. Every field that is not named is refused. */
export type FieldRules = {
  translated: readonly string[]
  /** Left out in silence. */
  dropped: readonly string[]
  /** Left out with a value that wants nothing, refused with any other. */
  unless: Readonly<Record<string, (value: unknown) => boolean>>
}

/** @throws Failure `untranslatable` for the first field that another dialect could not honour */
export function refuseUnknown(body: Fields, rules: FieldRules): void {
  for (const name in body) {
    const value = body[name]
    if (!isGiven(value) || rules.translated.includes(name) || rules.dropped.includes(name)) continue
    if (!rules.unless[name]?.(value)) throw untranslatable(name)
  }
}
