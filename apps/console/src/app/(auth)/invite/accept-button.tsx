'use client'

import { useMutation } from '@tanstack/react-query'
import { paths } from '#paths.ts'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { InlineError } from '#ui/inline-error.tsx'

export function AcceptButton({ token }: { token: string }) {
  const accept = useMutation(
    useApi().invite.accept.mutationOptions({ onSuccess: ({ slug }) => window.location.assign(paths.overview(slug)) }),
  )
  return (
    <div className="flex flex-col gap-4">
      {accept.isError ? <InlineError {...failureOf(accept.error)} /> : null}
      <Button
        variant="primary"
        size="lg"
        className="w-full"
        loading={accept.isPending || accept.isSuccess}
        onClick={() => accept.mutate({ token })}
      >
        Accept invitation
      </Button>
    </div>
  )
}
