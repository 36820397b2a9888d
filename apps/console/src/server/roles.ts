/** What a member may do in the console (column `access`); unrelated to roles as scopes of budgets. */
export const accesses = ['owner', 'admin', 'lead', 'member', 'finance', 'auditor'] as const
export type Access = (typeof accesses)[number]

export const permissions = [
  'settings.read',
  'settings.write',
  'member.read',
  'member.manage',
  /** Giving somebody an access; never one that is wider than the giver's own (`mayGrant`). */
  'role.grant',
  'key.read',
  'key.mint',
  'key.revoke',
  'budget.read',
  'budget.write',
  /** Asking for more on a limit; whoever asks never approves it. */
  'raise.request',
  'raise.approve',
  'provider.read',
  'provider.write',
  'usage.read',
  'request.read',
  'audit.read',
  'export',
] as const
export type Permission = (typeof permissions)[number]

/**
 * How far a permission goes: the whole organisation, the teams somebody leads (and what is their own), or only what
 * is their own.
 */
export type Reach = 'all' | 'team' | 'own'

const everything = Object.fromEntries(permissions.map((permission) => [permission, 'all'])) as Record<Permission, Reach>

/** The permission matrix (security.md 3.2, console.md 1.2). What is not here is denied. */
const matrix: Readonly<Record<Access, Readonly<Partial<Record<Permission, Reach>>>>> = {
  owner: everything,
  admin: everything,
  lead: {
    'member.read': 'team',
    'member.manage': 'team',
    'key.read': 'team',
    'key.mint': 'team',
    'key.revoke': 'team',
    'budget.read': 'team',
    'budget.write': 'team',
    'raise.request': 'team',
    'raise.approve': 'team',
    'usage.read': 'team',
    'request.read': 'team',
    export: 'team',
  },
  member: {
    'key.read': 'own',
    'key.mint': 'own',
    'key.revoke': 'own',
    'budget.read': 'own',
    'raise.request': 'own',
    'usage.read': 'own',
    'request.read': 'own',
  },
  finance: {
    'member.read': 'all',
    'budget.read': 'all',
    'usage.read': 'all',
    'request.read': 'all',
    export: 'all',
  },
  auditor: {
    'settings.read': 'all',
    'member.read': 'all',
    'key.read': 'all',
    'budget.read': 'all',
    'provider.read': 'all',
    'usage.read': 'all',
    'request.read': 'all',
    'audit.read': 'all',
    export: 'all',
  },
}

/** How far `access` may go with `permission`; null when not at all. */
export const reachOf = (access: Access, permission: Permission): Reach | null => matrix[access][permission] ?? null

/** Everything `access` may do, for the browser: it hides what is not there. */
export const grantsOf = (access: Access): Readonly<Partial<Record<Permission, Reach>>> => matrix[access]

/** Whether somebody may give an access: only one whose permissions they all have themselves, at least as far. */
export function mayGrant(giver: Access, given: Access): boolean {
  if (reachOf(giver, 'role.grant') === null || (given === 'owner' && giver !== 'owner')) return false
  const width: Record<Reach, number> = { own: 1, team: 2, all: 3 }
  return permissions.every((permission) => {
    const needed = reachOf(given, permission)
    const had = reachOf(giver, permission)
    return needed === null || (had !== null && width[had] >= width[needed])
  })
}
