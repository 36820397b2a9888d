'use client'

import { RotateCw } from 'lucide-react'
import { MessagePage } from '#shell/message-page.tsx'
import { useDatabaseAnswers } from '#shell/store-health.ts'
import { Button } from '#ui/button.tsx'

/**
 * Shown where a page could not be rendered; says so where that is because the database is away. `digest` is how the
 * server's log calls the error.
 */
export function BrokenPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const away = useDatabaseAnswers() === false
  return (
    <MessagePage
      title={away ? 'Read only: the database does not answer' : 'This page could not be shown'}
      reference={error.digest}
      action={
        <Button variant="primary" icon={<RotateCw aria-hidden />} onClick={reset}>
          Retry
        </Button>
      }
    >
      {away
        ? 'The console needs it for this page. Applications are served and budgets hold; usage is kept and recorded when it is back.'
        : 'Something went wrong on our side. Nothing was changed.'}
    </MessagePage>
  )
}
