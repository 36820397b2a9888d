import {
  ChartColumn,
  History,
  KeyRound,
  LayoutDashboard,
  ScrollText,
  Server,
  Settings2,
  Terminal,
  Users,
  Wallet,
  type LucideIcon,
} from 'lucide-react'
import type { NavIcon as Name } from '#paths.ts'

const icons: Record<Name, LucideIcon> = {
  overview: LayoutDashboard,
  connect: Terminal,
  keys: KeyRound,
  usage: ChartColumn,
  requests: ScrollText,
  budgets: Wallet,
  teams: Users,
  providers: Server,
  audit: History,
  settings: Settings2,
}

export function NavIcon({ name, className }: { name: Name; className?: string }) {
  const Icon = icons[name]
  return <Icon aria-hidden className={className} />
}
