import { isOpen } from '@tollkeeper/db/setup-links'
import type { Metadata } from 'next'
import { AuthHeading } from '#shell/auth-heading.tsx'
import { stores } from '#server/stores.ts'
import { SetUpForm } from './set-up-form.tsx'

export const metadata: Metadata = { title: 'Set up', referrer: 'no-referrer' }

export default async function SetUpPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token = '' } = await searchParams
  if (!(await isOpen(stores().database.prisma, token))) {
    return (
      <AuthHeading title="This link does not work">
        It was used before, has expired, or was not copied whole. A new one is printed when Tollkeeper is started
        without any account.
      </AuthHeading>
    )
  }
  return (
    <>
      <AuthHeading title="Create the first account">
        You will be the owner of the organisation you create next.
      </AuthHeading>
      <SetUpForm token={token} />
    </>
  )
}
