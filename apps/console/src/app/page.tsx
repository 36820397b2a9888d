import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { paths } from '#paths.ts'
import { organisationsOf } from '#server/membership.ts'
import { currentSession } from '#server/session.ts'
import { stores } from '#server/stores.ts'
import { lastOrganisationCookie } from '#shell/last-organisation.ts'

/** Leads to where somebody belongs: sign-in, their first organisation, or the one they last had open. */
export default async function Home() {
  const session = await currentSession()
  if (!session) redirect(paths.signIn)
  const organisations = await organisationsOf(stores().database.prisma, session.userId)
  const last = (await cookies()).get(lastOrganisationCookie)?.value
  const org = organisations.find((each) => each.slug === last) ?? organisations[0]
  redirect(org ? paths.overview(org.slug) : paths.welcome)
}
