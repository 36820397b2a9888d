import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { consoleEnv } from '#env.ts'
import { requestContext } from '#server/context.ts'
import { appRouter } from '#server/router.ts'
import { whyForeign } from '#server/same-origin.ts'

const maxBatch = 20

const refused = (status: number, message: string): Response =>
  Response.json({ error: { message } }, { status, headers: { 'cache-control': 'no-store' } })

async function handler(request: Request): Promise<Response> {
  const foreign = whyForeign(request, consoleEnv().NEXTAUTH_URL)
  if (foreign) return refused(foreign.status, foreign.message)
  const names = new URL(request.url).pathname.split(',').length
  if (names > maxBatch) return refused(400, `At most ${maxBatch} calls can be made at once.`)
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    createContext: requestContext,
    responseMeta: () => ({ headers: new Headers({ 'cache-control': 'no-store' }) }),
  })
}

export { handler as GET, handler as POST }
