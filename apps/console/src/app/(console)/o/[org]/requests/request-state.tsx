import { Status, type Tone } from '#ui/badge.tsx'
import type { requestStates } from './inputs.ts'

export type RequestState = (typeof requestStates)[number]

export const stateLooks: Record<RequestState, { tone: Tone; word: string }> = {
  answered: { tone: 'ok', word: 'Answered' },
  refused: { tone: 'warn', word: 'Refused' },
  failed: { tone: 'danger', word: 'Failed' },
  left: { tone: 'neutral', word: 'Client left' },
}

/** Status code and what it came to, as icon and words. */
export function RequestStatus({ status, state }: { status: number; state: RequestState }) {
  const { tone, word } = stateLooks[state]
  return <Status tone={tone}>{`${status} ${word}`}</Status>
}
