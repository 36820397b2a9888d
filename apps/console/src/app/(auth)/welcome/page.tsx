import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { paths } from '#paths.ts'
import { organisationsOf } from '#server/membership.ts'
import { currentSession } from '#server/session.ts'
import { stores } from '#server/stores.ts'
import { AuthHeading } from '#shell/auth-heading.tsx'
import { CreateOrganisationForm } from './create-organisation-form.tsx'

export const metadata: Metadata = { title: 'Create your organisation' }

export default async function WelcomePage() {
  const session = await currentSession()
  if (!session) redirect(paths.signIn)
  const organisations = await organisationsOf(stores().database.prisma, session.userId)
  if (organisations.length > 0) redirect(paths.home)
  return (
    <>
      <AuthHeading title="Create your organisation">
        Teams, keys and budgets live in it. You can change everything later.
      </AuthHeading>
      <CreateOrganisationForm />
    </>
  )
}
