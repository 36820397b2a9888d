import { Ban, CircleCheck, CirclePause, CircleSlash, Clock, ClockAlert, type LucideIcon } from 'lucide-react'
import { Status, type Tone } from '#ui/badge.tsx'
import type { KeyState } from './rows.ts'

/** Word, colour and icon of each state. */
export const stateLooks: Record<KeyState, { word: string; tone: Tone; icon: LucideIcon }> = {
  active: { word: 'Active', tone: 'ok', icon: CircleCheck },
  expiring: { word: 'Expiring', tone: 'warn', icon: ClockAlert },
  exhausted: { word: 'Exhausted', tone: 'danger', icon: CircleSlash },
  disabled: { word: 'Disabled', tone: 'neutral', icon: CirclePause },
  expired: { word: 'Expired', tone: 'neutral', icon: Clock },
  revoked: { word: 'Revoked', tone: 'neutral', icon: Ban },
}

export function StateBadge({ state }: { state: KeyState }) {
  const { word, tone, icon } = stateLooks[state]
  return (
    <Status tone={tone} icon={icon}>
      {word}
    </Status>
  )
}
