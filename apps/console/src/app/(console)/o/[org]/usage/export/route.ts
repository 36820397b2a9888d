import { TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { requestContext } from '#server/context.ts'
import { whyForeign } from '#server/same-origin.ts'
import { appRouter } from '#server/router.ts'
import { consoleEnv } from '#env.ts'
import { usageCsv } from '../csv.ts'
import { askedOf, loadUsageSearch } from '../search.ts'

/** Downloads what the Usage page shows: the same search, the same rows, as CSV. */
export async function GET(request: Request, { params }: { params: Promise<{ org: string }> }): Promise<Response> {
  const foreign = whyForeign(request, consoleEnv().NEXTAUTH_URL)
  if (foreign) return new Response(foreign.message, { status: foreign.status })
  const { org } = await params
  const asked = askedOf(loadUsageSearch(request))
  const context = await requestContext()
  try {
    const rows = await appRouter.createCaller(context).usage.exportRows({ org, ...asked })
    return new Response(usageCsv(asked.by, rows), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="usage-${org}-by-${asked.by}.csv"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    })
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error
    // A rejected input has its reasons as JSON, which is for forms.
    const sentence = error.code === 'BAD_REQUEST' ? 'Some of the values cannot be used.' : error.message
    return new Response(sentence, { status: getHTTPStatusCodeFromError(error) })
  }
}
