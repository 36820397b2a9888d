'use client'

import { createContext, useContext, type ReactNode } from 'react'
import type { Access, Permission, Reach } from '#server/roles.ts'

export type OrgInView = {
  slug: string
  name: string
  /** Its IANA zone: days, budgets and charts follow it. */
  timeZone: string
  access: Access
  memberId: string
  grants: Readonly<Partial<Record<Permission, Reach>>>
}

const OrgContext = createContext<OrgInView | undefined>(undefined)

export const OrgProvider = ({ org, children }: { org: OrgInView; children: ReactNode }) => (
  <OrgContext value={org}>{children}</OrgContext>
)

/** The organisation of the present page, and how far the viewer may go: `can('key.mint')` gives a reach or null. */
export function useOrg(): OrgInView & { can: (permission: Permission) => Reach | null } {
  const org = useContext(OrgContext)
  if (!org) throw new Error('useOrg is for pages below /o/[org]')
  return { ...org, can: (permission) => org.grants[permission] ?? null }
}
