import Link from 'next/link'
import { headers } from 'next/headers'
import { paths } from '#paths.ts'
import { MessagePage } from '#shell/message-page.tsx'
import { Button } from '#ui/button.tsx'

export default async function NotFound() {
  return (
    <main>
      <MessagePage
        title="There is nothing here"
        reference={(await headers()).get('x-request-id') ?? undefined}
        action={
          <Button asChild variant="primary">
            <Link href={paths.home}>Go to your organisation</Link>
          </Button>
        }
      >
        This page does not exist, or your account cannot see it.
      </MessagePage>
    </main>
  )
}
