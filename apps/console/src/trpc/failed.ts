import { TRPCClientError } from '@trpc/client'
import type { FieldValues, Path, UseFormReturn } from 'react-hook-form'
import type { AppRouter } from '#server/router.ts'

export type ApiFailure = {
  message: string
  requestId: string | undefined
  fields: Record<string, string>
  /** Of tRPC, such as `NOT_FOUND`; undefined when no answer came. */
  code: string | undefined
}

/** What to show of an error that came from a procedure, or from the network on the way there. */
export function failureOf(error: unknown): ApiFailure {
  if (error instanceof TRPCClientError) {
    const { data, message } = error as TRPCClientError<AppRouter>
    if (data) return { message, requestId: data.requestId ?? undefined, fields: data.fields, code: data.code }
  }
  return {
    message: 'The console did not answer. Please check your connection and try again.',
    requestId: undefined,
    fields: {},
    code: undefined,
  }
}

/** Puts a refusal's sentences beside their fields. Gives the failure when some of it has no field, else undefined. */
export function showInForm<Values extends FieldValues, Output>(
  form: UseFormReturn<Values, unknown, Output>,
  error: unknown,
): ApiFailure | undefined {
  const failure = failureOf(error)
  const known = Object.entries(failure.fields).filter(([name]) => name in form.getValues())
  for (const [name, message] of known) form.setError(name as Path<Values>, { message })
  return known.length > 0 ? undefined : failure
}
