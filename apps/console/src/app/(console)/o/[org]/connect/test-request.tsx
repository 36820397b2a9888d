'use client'

import { useMutation, useQuery } from '@tanstack/react-query'
import { requestId as requestIdShape } from '@tollkeeper/domain/id'
import { Send } from 'lucide-react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Denied } from './denied.tsx'
import { FirstRequest } from './first-request.tsx'

type Props = {
  /** The text of a key that was just made; null mints a short-lived one. */
  apiKey: string | null
  model: string | null
  testable: boolean
}

const soonMs = 700
const laterMs = 3_000

/** Sends a request the way an application would, and waits until it is recorded. */
export function TestRequest({ apiKey, model, testable }: Props) {
  const { slug } = useOrg()
  const api = useApi()
  const send = useMutation(api.connect.sendTest.mutationOptions())
  const sentId = requestIdShape.safeParse(send.data?.requestId).data ?? null
  const last = useQuery({
    ...api.connect.last.queryOptions({ org: slug, id: sentId }),
    // Until the first request is there; one that was sent from here is there within a second or two.
    refetchInterval: ({ state }) => (state.data ? false : sentId === null ? laterMs : soonMs),
  })
  const failure = send.data?.failure ?? null
  const ready = model !== null && (testable || apiKey !== null)
  return (
    <Card title="Try it" description="One small request through the gateway’s public address.">
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
          <Button
            variant="primary"
            icon={<Send aria-hidden />}
            loading={send.isPending}
            disabled={!ready}
            onClick={() => model !== null && send.mutate({ org: slug, key: apiKey, model })}
          >
            Send test request
          </Button>
          <FirstRequest sent={sentId !== null} sending={send.isPending} last={last.data ?? null} slug={slug} />
        </div>
        {ready ? null : (
          <p className="text-sm text-muted">
            {model === null
              ? 'There is no model to ask yet.'
              : 'A request is charged to a team, and you are in none yet. Create a key first.'}
          </p>
        )}
        {send.isError ? (
          <InlineError {...failureOf(send.error)} />
        ) : failure ? (
          <Denied failure={failure} requestId={sentId} recorded={last.data?.id === sentId} />
        ) : null}
        {last.isError ? <InlineError {...failureOf(last.error)} onRetry={() => void last.refetch()} /> : null}
      </div>
    </Card>
  )
}
