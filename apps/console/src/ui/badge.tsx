import { CircleAlert, CircleCheck, CircleDashed, Clock, Info, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from '#ui/class-names.ts'

export type Tone = 'neutral' | 'ok' | 'warn' | 'danger' | 'accent'

const tones: Record<Tone, string> = {
  neutral: 'border-line bg-sunken text-muted',
  ok: 'border-transparent bg-ok-soft text-ok',
  warn: 'border-transparent bg-warn-soft text-warn',
  danger: 'border-transparent bg-danger-soft text-danger',
  accent: 'border-transparent bg-accent-soft text-accent',
}

const look =
  'inline-flex h-[22px] shrink-0 items-center gap-1 whitespace-nowrap rounded-full border px-2 text-xs font-medium [&_svg]:size-3.5 [&_svg]:shrink-0'

/** A short word that classifies, such as a role. */
export const Badge = ({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) => (
  <span className={classNames(look, tones[tone])}>{children}</span>
)

const icons: Record<Tone, LucideIcon> = {
  neutral: CircleDashed,
  ok: CircleCheck,
  warn: Clock,
  danger: CircleAlert,
  accent: Info,
}

export type StatusProps = { tone: Tone; children: string; icon?: LucideIcon }

/** A state as icon and word, so that it does not rest on colour alone. */
export function Status({ tone, children, icon }: StatusProps) {
  const Icon = icon ?? icons[tone]
  return (
    <span className={classNames(look, tones[tone])}>
      <Icon aria-hidden />
      {children}
    </span>
  )
}
