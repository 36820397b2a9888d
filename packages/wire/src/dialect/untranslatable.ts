import { fail, type Failure } from '@tollkeeper/domain/failure'

/** 400 for a wish that the model's provider has no word for. `param` is the caller's field. */
export const untranslatable = (feature: string, param = feature): Failure =>
  fail('untranslatable', { feature }, { param, code: 'unsupported_parameter' })
