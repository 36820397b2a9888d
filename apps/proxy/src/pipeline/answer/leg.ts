import type { Unanswered } from '@tollkeeper/providers'
import { verdictOf } from './next-step.ts'

/** How one try at a provider ended: `ok`, `error:<status or net>`, `fatal:<status>`, `cb_open`, … (S-RS-4). */
export type Leg = { provider: string; end: string }

/** `fatal`: asking anybody again would not help. */
export function legEnd(unanswered: Unanswered): string {
  const status = 'status' in unanswered ? unanswered.status : null
  if (unanswered.kind === 'ambiguous') return unanswered.timedOut ? 'error:timeout' : `error:${status ?? 'net'}`
  if (unanswered.kind === 'not-sent') return 'error:net'
  return `${verdictOf(unanswered).provider === 'well' ? 'fatal' : 'error'}:${status}`
}
