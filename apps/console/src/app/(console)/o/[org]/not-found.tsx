import { headers } from 'next/headers'
import { MessagePage } from '#shell/message-page.tsx'

export default async function NotFoundHere() {
  return (
    <MessagePage title="There is nothing here" reference={(await headers()).get('x-request-id') ?? undefined}>
      It does not exist in this organisation, or your access does not include it.
    </MessagePage>
  )
}
