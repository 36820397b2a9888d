import { fail, type Failure } from '@tollkeeper/domain/failure'

export type Fields = Readonly<Record<string, unknown>>

/** 400 with the sentence and the field at fault. */
export const invalid = (param: string, why: string): Failure => fail('invalid_request', { why }, { param })

/** 400 for a parameter whose price could not be bounded. */
export const unsupported = (param: string, why: string): Failure =>
  fail('unsupported_parameter', { name: param, why }, { param, code: 'unsupported_parameter' })

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Absent and null mean the same in this dialect. */
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null

/** A whole number from `least` to `most`, or null when the field is absent. Refuses −0, strings and fractions. */
export function wholeNumber(body: Fields, name: string, least: number, most: number): number | null {
  const value = body[name]
  if (!isGiven(value)) return null
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most && !Object.is(value, -0))
    return value
  throw invalid(name, `"${name}" must be a whole number from ${least} to ${most}.`)
}

/** Refuses a field that is given and is no number from `least` to `most`. */
export function checkNumber(body: Fields, name: string, least: number, most: number): void {
  const value = body[name]
  if (!isGiven(value) || (typeof value === 'number' && value >= least && value <= most)) return
  throw invalid(name, `"${name}" must be a number from ${least} to ${most}.`)
}

/** A boolean, or `absent` when the field is absent. */
export function flag(body: Fields, name: string, absent: boolean): boolean {
  const value = body[name]
  if (!isGiven(value)) return absent
  if (typeof value === 'boolean') return value
  throw invalid(name, `"${name}" must be true or false.`)
}

/** Text where it is text, else nothing. */
export const textOr = (value: unknown, absent = ''): string => (typeof value === 'string' ? value : absent)
