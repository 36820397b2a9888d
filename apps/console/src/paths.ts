import type { Permission } from '#server/roles.ts'

/** Every URL of the console. Pages and tests take them from here. */
export const paths = {
  home: '/',
  signIn: '/sign-in',
  setup: '/setup',
  welcome: '/welcome',
  invite: '/invite',
  overview: (org: string) => `/o/${org}`,
  connect: (org: string) => `/o/${org}/connect`,
  keys: (org: string) => `/o/${org}/keys`,
  key: (org: string, id: string) => `/o/${org}/keys/${id}`,
  usage: (org: string) => `/o/${org}/usage`,
  usageExport: (org: string) => `/o/${org}/usage/export`,
  requests: (org: string) => `/o/${org}/requests`,
  request: (org: string, id: string) => `/o/${org}/requests/${id}`,
  budgets: (org: string) => `/o/${org}/budgets`,
  raises: (org: string) => `/o/${org}/budgets/raises`,
  whatIf: (org: string) => `/o/${org}/budgets/what-if`,
  teams: (org: string) => `/o/${org}/teams`,
  providers: (org: string) => `/o/${org}/providers`,
  audit: (org: string) => `/o/${org}/audit`,
  settings: (org: string) => `/o/${org}/settings`,
  /** Linked from the banner that says that something differs. */
  verification: (org: string) => `/o/${org}/verification`,
} as const

/** Where to go after signing in, when that is a page of this console; anything else leads home. */
export const safeNext = (next: string | null | undefined): string =>
  next && /^\/(?![/\\])/.test(next) ? next : paths.home

export type NavIcon =
  | 'overview'
  | 'connect'
  | 'keys'
  | 'usage'
  | 'requests'
  | 'budgets'
  | 'teams'
  | 'providers'
  | 'audit'
  | 'settings'

export type NavEntry = {
  /** Exactly the link's name (console.md 1.2). */
  label: string
  href: (org: string) => string
  icon: NavIcon
  /** Shown only to those who may read it at all. */
  needs?: Permission
}

/** The navigation, in its groups and order. A page is added by one line here. */
export const navigation: readonly { label: string | null; entries: readonly NavEntry[] }[] = [
  { label: null, entries: [{ label: 'Overview', href: paths.overview, icon: 'overview' }] },
  {
    label: 'Build',
    entries: [
      { label: 'Connect', href: paths.connect, icon: 'connect', needs: 'key.read' },
      { label: 'Keys', href: paths.keys, icon: 'keys', needs: 'key.read' },
    ],
  },
  {
    label: 'Observe',
    entries: [
      { label: 'Usage', href: paths.usage, icon: 'usage', needs: 'usage.read' },
      { label: 'Requests', href: paths.requests, icon: 'requests', needs: 'request.read' },
    ],
  },
  { label: 'Govern', entries: [{ label: 'Budgets', href: paths.budgets, icon: 'budgets', needs: 'budget.read' }] },
  {
    label: 'Organisation',
    entries: [
      { label: 'Teams & members', href: paths.teams, icon: 'teams', needs: 'member.read' },
      { label: 'Providers', href: paths.providers, icon: 'providers', needs: 'provider.read' },
      { label: 'Audit log', href: paths.audit, icon: 'audit', needs: 'audit.read' },
      { label: 'Settings', href: paths.settings, icon: 'settings', needs: 'settings.read' },
    ],
  },
]

/** The same page in another organisation; a page about one object becomes its list, since the object is not there. */
export function samePageIn(org: string, pathname: string): string {
  const page = pathname.split('/')[3]
  return page ? `${paths.overview(org)}/${page}` : paths.overview(org)
}
