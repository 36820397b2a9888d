import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import { paths } from '#paths.ts'
import { membershipOf, organisationsOf } from '#server/membership.ts'
import { grantsOf } from '#server/roles.ts'
import { currentSession } from '#server/session.ts'
import { stores } from '#server/stores.ts'
import { Shell } from '#shell/shell.tsx'

/** Members only: everybody else finds nothing here, whether or not the organisation exists (security.md T-IDOR). */
export default async function OrganisationLayout({
  params,
  children,
}: {
  params: Promise<{ org: string }>
  children: ReactNode
}) {
  const { org: slug } = await params
  const session = await currentSession()
  if (!session) redirect(`${paths.signIn}?next=${encodeURIComponent((await headers()).get('x-path') ?? paths.home)}`)
  const { prisma } = stores().database
  const [membership, organisations] = await Promise.all([
    membershipOf(prisma, slug, session.userId),
    organisationsOf(prisma, session.userId),
  ])
  if (!membership) notFound()
  const { org, member } = membership
  return (
    <Shell
      org={{
        slug: org.slug,
        name: org.name,
        timeZone: org.timeZone,
        access: member.access,
        memberId: member.id,
        grants: grantsOf(member.access),
      }}
      organisations={organisations}
      person={{ name: member.name, email: session.email }}
    >
      {children}
    </Shell>
  )
}
