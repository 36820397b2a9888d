import { TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { consoleEnv } from '#env.ts'
import { requestContext } from '#server/context.ts'
import { log } from '#server/log.ts'
import { whyForeign } from '#server/same-origin.ts'
import { appRouter } from '#server/router.ts'
import type { WhatIfLine } from './told.ts'

/** Replays the log under another limit: one JSON value a line, so that a long replay shows how far it is. */
export async function POST(request: Request, { params }: { params: Promise<{ org: string }> }): Promise<Response> {
  const foreign = whyForeign(request, consoleEnv().NEXTAUTH_URL)
  if (foreign) return new Response(foreign.message, { status: foreign.status })
  const { org } = await params
  const context = await requestContext()
  try {
    const asked = (await request.json().catch(() => null)) as object | null
    const caller = appRouter.createCaller(context)
    const lines = await caller.budgets.whatIf({ ...asked, org } as Parameters<typeof caller.budgets.whatIf>[0])
    return new Response(streamOf(lines, context.requestId), {
      headers: {
        'content-type': 'application/x-ndjson; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
      },
    })
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error
    const sentence = error.code === 'BAD_REQUEST' ? 'Some of the values cannot be used.' : error.message
    return new Response(sentence, { status: getHTTPStatusCodeFromError(error) })
  }
}

/** Pulled by the reader: a client that goes away ends the replay. */
function streamOf(lines: AsyncIterable<WhatIfLine>, requestId: string): ReadableStream<Uint8Array> {
  const iterator = lines[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  const line = (value: WhatIfLine) => encoder.encode(`${JSON.stringify(value)}\n`)
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next()
        if (done) return controller.close()
        controller.enqueue(line(value))
      } catch (error) {
        log().error({ requestId, err: error }, 'a replay failed')
        controller.enqueue(line({ kind: 'failed', message: 'The log could not be replayed. Please try again.' }))
        controller.close()
      }
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
