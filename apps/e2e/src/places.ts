/** The navigation's links in their order, with the paths behind an organisation's own. */
export const places = {
  Overview: '',
  Connect: '/connect',
  Keys: '/keys',
  Usage: '/usage',
  Requests: '/requests',
  Budgets: '/budgets',
  'Teams & members': '/teams',
  Providers: '/providers',
  'Audit log': '/audit',
  Settings: '/settings',
} as const

export type Place = keyof typeof places
export const placeNames = Object.keys(places) as Place[]
