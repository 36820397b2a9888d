import type { Access } from '@tollkeeper/db/members'

/** How somebody uses models: many long sessions, fewer of them, a few short questions, or not at all. */
export type Habit = 'coder' | 'intern' | 'asker' | 'none'

export type Person = {
  name: string
  team: string | null
  role: string
  habit: Habit
  access?: Access
  leads?: true
  /** May sign in, with this password. */
  password?: string
}

export type ServiceKind = 'support-bot' | 'nightly-batch' | 'pipeline' | 'agent' | 'assistant' | 'unused'
export type Service = {
  name: string
  team: string
  kind: ServiceKind
  end?: 'revoked' | 'disabled' | 'expired' | 'expiring'
}

export type Company = {
  name: string
  timeZone: string
  /** Domain of its addresses; `.example` belongs to nobody. */
  domain: string
  teams: readonly string[]
  roles: Readonly<Record<string, readonly string[]>>
  people: readonly Person[]
  services: readonly Service[]
  demoKeyTeam: string
}

const engineering = ['Backend engineer', 'Frontend engineer', 'Data engineer', 'ML engineer', 'Intern']
const ops = ['Site reliability engineer', 'Support agent']
const business = ['Analyst', 'Product manager', 'Marketer', 'Director']
const roles = { Engineering: engineering, Ops: ops, Business: business }

const of =
  (team: string | null, role: string, habit: Habit, more: Partial<Person> = {}) =>
  (name: string): Person => ({
    name,
    team,
    role,
    habit,
    ...more,
  })

const backend = (team: string) => of(team, 'Backend engineer', 'coder')
const frontend = (team: string) => of(team, 'Frontend engineer', 'coder')
const agent = of('Support', 'Support agent', 'asker')

export const acme: Company = {
  name: 'Acme',
  timeZone: 'Europe/Helsinki',
  domain: 'acme.example',
  teams: ['Platform', 'Checkout', 'Data & AI', 'Support', 'Growth'],
  roles,
  people: [
    of('Platform', 'Director', 'asker', { access: 'owner', password: 'acme-owner-demo' })('Olivia Laine'),
    of('Platform', 'Site reliability engineer', 'asker', { access: 'admin', password: 'acme-admin-demo' })(
      'Anton Berg',
    ),
    of('Platform', 'Site reliability engineer', 'coder', { access: 'lead', leads: true, password: 'acme-lead-demo' })(
      'Aino Korhonen',
    ),
    of('Platform', 'Backend engineer', 'coder', { password: 'acme-developer-demo' })('Mikko Virtanen'),
    ...["Liam O'Brien", 'Tuomas Niemi', 'Priya Raman'].map(backend('Platform')),
    of('Platform', 'Site reliability engineer', 'coder')('Noor Haddad'),
    of('Checkout', 'Backend engineer', 'coder', { access: 'lead', leads: true })('Elias Lindqvist'),
    ...['Sofia Mäkelä', 'Hugo Bergström', 'Jonas Keller'].map(frontend('Checkout')),
    ...['Wei Chen', 'Amara Okafor'].map(backend('Checkout')),
    of('Checkout', 'Intern', 'intern')('Lea Fontaine'),
    of('Data & AI', 'ML engineer', 'coder', { access: 'lead', leads: true })('Ravi Menon'),
    ...['Tomás Herrera', 'Yuki Tanaka'].map(of('Data & AI', 'ML engineer', 'coder')),
    ...['Ingrid Solberg', 'Fatima Zahra', 'Dmitri Volkov'].map(of('Data & AI', 'Data engineer', 'coder')),
    of('Data & AI', 'Analyst', 'asker')('Grace Mwangi'),
    of('Support', 'Support agent', 'asker', { access: 'lead', leads: true })('Hanna Järvinen'),
    ...['Oskar Nyman', 'Zeynep Arslan', 'Paul Meyer', 'Chiara Russo'].map(agent),
    of('Growth', 'Marketer', 'asker', { access: 'lead', leads: true })('Emma Salonen'),
    of('Growth', 'Product manager', 'intern')('Lucas Moreau'),
    of('Growth', 'Product manager', 'asker')('Isla Campbell'),
    of('Growth', 'Marketer', 'asker')('Ben Whitaker'),
    of('Growth', 'Analyst', 'asker')('Nadia Petrova'),
    of(null, 'Director', 'none', { access: 'finance', password: 'acme-finance-demo' })('Kari Heikkinen'),
    of(null, 'Analyst', 'none', { access: 'auditor', password: 'acme-auditor-demo' })('Sara Lund'),
  ],
  services: [
    { name: 'CI pipeline', team: 'Platform', kind: 'pipeline' },
    { name: 'Incident summaries', team: 'Platform', kind: 'assistant' },
    { name: 'Docs search', team: 'Platform', kind: 'unused' },
    { name: 'Checkout assistant', team: 'Checkout', kind: 'assistant' },
    { name: 'Checkout assistant (old)', team: 'Checkout', kind: 'unused', end: 'revoked' },
    { name: 'Storybook bot', team: 'Checkout', kind: 'unused' },
    { name: 'Nightly batch', team: 'Data & AI', kind: 'nightly-batch' },
    { name: 'Research agent', team: 'Data & AI', kind: 'agent' },
    { name: 'Notebook server', team: 'Data & AI', kind: 'pipeline', end: 'expiring' },
    { name: 'Evaluation harness', team: 'Data & AI', kind: 'unused', end: 'disabled' },
    { name: 'Support bot', team: 'Support', kind: 'support-bot' },
    { name: 'Ticket triage', team: 'Support', kind: 'assistant' },
    { name: 'Macro writer', team: 'Support', kind: 'unused', end: 'expired' },
    { name: 'Newsletter writer', team: 'Growth', kind: 'assistant' },
    { name: 'Keyword sweep', team: 'Growth', kind: 'unused' },
  ],
  demoKeyTeam: 'Platform',
}

export const globex: Company = {
  name: 'Globex',
  timeZone: 'America/New_York',
  domain: 'globex.example',
  teams: ['Research', 'Trading'],
  roles,
  people: [
    of('Research', 'Director', 'asker', { access: 'owner', password: 'globex-owner-demo' })('Maya Thompson'),
    of('Research', 'ML engineer', 'coder', { access: 'lead', leads: true })('Carlos Rivera'),
    of('Research', 'ML engineer', 'coder')('Jin Park'),
    of('Trading', 'Backend engineer', 'coder', { access: 'lead', leads: true })('Trevor Banks'),
    of('Trading', 'Analyst', 'asker')('Abigail Stone'),
    of(null, 'Director', 'none', { access: 'finance' })('Dana Whitfield'),
  ],
  services: [
    { name: 'Paper digest', team: 'Research', kind: 'nightly-batch' },
    { name: 'Filing reader', team: 'Trading', kind: 'assistant' },
    { name: 'Backtest notes', team: 'Trading', kind: 'unused' },
  ],
  demoKeyTeam: 'Research',
}

/** `Sofia Mäkelä` → `sofia.makela@acme.example`. */
export const addressOf = (company: Company, person: Person): string =>
  `${person.name
    .normalize('NFKD')
    .replace(/[^\p{L} ]/gu, '')
    .toLowerCase()
    .replaceAll(' ', '.')}@${company.domain}`
