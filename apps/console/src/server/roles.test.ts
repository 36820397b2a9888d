import { describe, expect, it } from 'vitest'
import { accesses, mayGrant, permissions, reachOf } from './roles.ts'

describe('the permission matrix', () => {
  it('lets exactly owners and admins change settings, providers and accesses', () => {
    for (const permission of ['settings.write', 'provider.write', 'role.grant'] as const) {
      expect(accesses.filter((access) => reachOf(access, permission) !== null)).toEqual(['owner', 'admin'])
    }
  })

  it('shows finance all money and no keys', () => {
    expect([
      reachOf('finance', 'usage.read'),
      reachOf('finance', 'key.read'),
      reachOf('finance', 'budget.write'),
    ]).toEqual(['all', null, null])
  })

  it('lets an auditor change nothing', () => {
    const writes = permissions.filter((permission) => !permission.endsWith('.read') && permission !== 'export')
    expect(writes.filter((permission) => reachOf('auditor', permission) !== null)).toEqual([])
  })

  it('keeps a lead to the own teams and a member to what is their own', () => {
    expect(permissions.filter((permission) => reachOf('lead', permission) === 'all')).toEqual([])
    expect(permissions.filter((permission) => (reachOf('member', permission) ?? 'own') !== 'own')).toEqual([])
  })

  it('lets an admin make admins but no owner, and a lead nobody', () => {
    expect(accesses.filter((access) => mayGrant('admin', access))).toEqual([
      'admin',
      'lead',
      'member',
      'finance',
      'auditor',
    ])
    expect(accesses.filter((access) => mayGrant('owner', access))).toEqual([...accesses])
    expect(accesses.filter((access) => mayGrant('lead', access))).toEqual([])
  })
})
