import { someoneExists } from '@tollkeeper/db/users'
import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { consoleEnv } from '#env.ts'
import { safeNext } from '#paths.ts'
import { oidcName } from '#server/auth.ts'
import { currentSession } from '#server/session.ts'
import { stores } from '#server/stores.ts'
import { AuthHeading } from '#shell/auth-heading.tsx'
import { SignInForm } from './sign-in-form.tsx'

export const metadata: Metadata = { title: 'Sign in' }

type Props = { searchParams: Promise<{ next?: string; error?: string; callbackUrl?: string }> }

export default async function SignInPage({ searchParams }: Props) {
  const { next, error } = await searchParams
  if (await currentSession()) redirect(safeNext(next))
  const nobody = !(await someoneExists(stores().database.prisma))
  return (
    <>
      <AuthHeading title="Sign in">
        {nobody
          ? 'There is no account yet. Open the set-up link that was printed when this was started.'
          : 'Keys, budgets and spend of your organisation.'}
      </AuthHeading>
      <SignInForm next={safeNext(next)} ssoName={oidcName(consoleEnv())} refused={error !== undefined} />
    </>
  )
}
