import { byToken } from '@tollkeeper/db/invites'
import { byEmail } from '@tollkeeper/db/users'
import type { Metadata } from 'next'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { currentSession } from '#server/session.ts'
import { stores } from '#server/stores.ts'
import { AuthHeading } from '#shell/auth-heading.tsx'
import { Button } from '#ui/button.tsx'
import { AcceptButton } from './accept-button.tsx'
import { JoinForm } from './join-form.tsx'

export const metadata: Metadata = { title: 'Invitation', referrer: 'no-referrer' }

export default async function InvitePage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token = '' } = await searchParams
  const { prisma } = stores().database
  const invite = await byToken(prisma, token)
  if (!invite) {
    return (
      <AuthHeading title="This invitation does not work">
        It was used before, was withdrawn or has expired. Ask whoever invited you for a new one.
      </AuthHeading>
    )
  }
  const title = `Join ${invite.organisation.name}`
  const session = await currentSession()
  if (session?.email === invite.email) {
    return (
      <>
        <AuthHeading title={title}>You are invited as {invite.access}.</AuthHeading>
        <AcceptButton token={token} />
      </>
    )
  }
  if (session) {
    return (
      <AuthHeading title={title}>
        This invitation is for {invite.email}, and you are signed in as {session.email}. Sign out and open the link
        again.
      </AuthHeading>
    )
  }
  if (await byEmail(prisma, invite.email)) {
    const back = `${paths.invite}?token=${encodeURIComponent(token)}`
    return (
      <>
        <AuthHeading title={title}>Sign in as {invite.email} to accept.</AuthHeading>
        <Button asChild variant="primary" size="lg" className="w-full">
          <Link href={`${paths.signIn}?next=${encodeURIComponent(back)}`}>Sign in</Link>
        </Button>
      </>
    )
  }
  return (
    <>
      <AuthHeading title={title}>
        You are invited as {invite.access}. Your account will be {invite.email}.
      </AuthHeading>
      <JoinForm token={token} />
    </>
  )
}
