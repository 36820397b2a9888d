import { z } from 'zod'
import type { Fault } from '../fault.ts'
import { pathText } from '../path-text.ts'

const token = z.int().min(0).max(200_000)
const mostInputs = 2_048

const embeddingsRequestSchema = z.looseObject({
  model: z.string().min(1),
  input: z.union([
    z.string().min(1),
    z.array(z.string().min(1)).min(1).max(mostInputs),
    z.array(token).min(1),
    z.array(z.array(token).min(1)).min(1).max(mostInputs),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
  user: z.string().nullish(),
})

/** A request that passed the checks. */
export type EmbeddingsRequest = z.infer<typeof embeddingsRequestSchema>

/** Reads the body of a call, or tells what is wrong with it. */
export function readEmbeddingsRequest(
  text: string,
): { kind: 'request'; request: EmbeddingsRequest } | { kind: 'refused'; fault: Fault } {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { kind: 'refused', fault: { kind: 'invalid', message: 'We could not parse the JSON body of your request.' } }
  }
  const parsed = embeddingsRequestSchema.safeParse(body)
  if (parsed.success) return { kind: 'request', request: parsed.data }
  const issue = parsed.error.issues[0]
  const param = pathText(issue?.path ?? []) || null
  const message = param === 'input' ? "'$.input' is invalid. Please check the API reference." : (issue?.message ?? '')
  return { kind: 'refused', fault: { kind: 'invalid', message, param } }
}

/** The inputs one by one: texts, or tokens. */
export function inputsOf({ input }: EmbeddingsRequest): readonly (string | readonly number[])[] {
  if (typeof input === 'string') return [input]
  return isTokens(input) ? [input] : input
}

const isTokens = (input: readonly unknown[]): input is readonly number[] => typeof input[0] === 'number'
