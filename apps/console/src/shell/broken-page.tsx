'use client'

import { RotateCw } from 'lucide-react'
import { MessagePage } from '#shell/message-page.tsx'
import { Button } from '#ui/button.tsx'

/** Shown where a page could not be rendered. `digest` is how the server's log calls the error. */
export function BrokenPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <MessagePage
      title="This page could not be shown"
      reference={error.digest}
      action={
        <Button variant="primary" icon={<RotateCw aria-hidden />} onClick={reset}>
          Retry
        </Button>
      }
    >
      Something went wrong on our side. Nothing was changed.
    </MessagePage>
  )
}
