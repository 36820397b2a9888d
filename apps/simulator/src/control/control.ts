import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { behaviourChangeSchema, changed } from '../behaviour.ts'
import { readBody } from '../http/body.ts'
import { sendJson } from '../http/reply.ts'
import type { Simulation } from '../simulation.ts'

const pageSchema = z.object({
  after: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
})
const resetSchema = z.strictObject({ record: z.boolean().default(true) })

/** The control API under `/__sim/`; false when the path or the method is none of it. */
export async function control(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<boolean> {
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /__sim/state':
      show(response, stateOf(simulation))
      return true
    case 'GET /__sim/totals':
      show(response, simulation.record.totals())
      return true
    case 'GET /__sim/calls': {
      const page = pageSchema.safeParse(Object.fromEntries(url.searchParams))
      if (page.success) show(response, simulation.record.page(page.data.after, page.data.limit))
      else complain(response, page.error)
      return true
    }
    case 'POST /__sim/behaviour':
      await withBody(request, response, behaviourChangeSchema, (change) => {
        simulation.behaviour = changed(simulation.behaviour, change, simulation.startedWith)
        simulation.log.info({ changed: Object.keys(change) }, 'behaviour changed')
      })
      if (!response.headersSent) show(response, stateOf(simulation))
      return true
    case 'POST /__sim/reset':
      await withBody(request, response, resetSchema, ({ record }) => {
        simulation.behaviour = simulation.startedWith
        simulation.buckets.reset()
        simulation.promptCache.reset()
        if (record) simulation.record.reset()
        simulation.log.info({ record }, 'reset')
      })
      if (!response.headersSent) show(response, stateOf(simulation))
      return true
    default:
      return false
  }
}

function stateOf({ behaviour, record }: Simulation) {
  const { requiredKey, ...rest } = behaviour
  return { behaviour: { ...rest, requiresKey: requiredKey !== null }, totals: record.totals() }
}

async function withBody<T>(
  request: IncomingMessage,
  response: ServerResponse,
  schema: z.ZodType<T>,
  act: (value: T) => void,
): Promise<void> {
  // A page of another site can post a form or plain text here, but JSON only with leave we never give.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    return sendJson(response, 415, '{"error":{"message":"Send application/json."}}')
  const body = await readBody(request)
  let value: unknown
  try {
    value = body.kind === 'text' ? JSON.parse(body.text || '{}') : undefined
  } catch {
    return sendJson(response, 400, '{"error":{"message":"The body is not JSON."}}')
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) act(parsed.data)
  else complain(response, parsed.error)
}

function show(response: ServerResponse, value: unknown): void {
  sendJson(response, 200, JSON.stringify(value), { 'cache-control': 'no-store' })
}

function complain(response: ServerResponse, error: z.ZodError): void {
  sendJson(response, 400, JSON.stringify({ error: { message: z.prettifyError(error) } }))
}
