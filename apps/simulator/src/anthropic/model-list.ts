import type { IncomingMessage, ServerResponse } from 'node:http'
import { gateFault, newRequestId } from '../call/gate.ts'
import type { Fault } from '../fault.ts'
import { sendJson } from '../http/reply.ts'
import { type SimulatedModel, modelOf, models } from '../models.ts'
import type { Simulation } from '../simulation.ts'
import { anthropicMessages } from './dialect.ts'

/** What of the list is wanted: one model, or a page. */
export type ModelsAsked = { id?: string; page?: URLSearchParams }

/** `GET /v1/models` and `GET /v1/models/{id}` as Anthropic answers them. */
export function anthropicModels(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
  { id, page = new URLSearchParams() }: ModelsAsked,
): void {
  const requestId = newRequestId()
  const headers = anthropicMessages.headers(requestId)
  const refuse = (fault: Fault) => {
    const failure = anthropicMessages.failureOf(fault, requestId)
    sendJson(response, failure.status, JSON.stringify(failure.body), { ...headers, ...failure.headers })
  }
  const show = (value: object) => sendJson(response, 200, JSON.stringify(value), headers)

  const fault = gateFault(simulation, anthropicMessages, request)
  if (fault) return refuse(fault)
  if (id !== undefined) {
    const model = modelOf(id)
    return model ? show(shown(model)) : refuse({ kind: 'no-model', id })
  }
  const limit = Number(page.get('limit') ?? 20)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
    return refuse({ kind: 'invalid', param: 'limit', message: 'must be a whole number from 1 to 1000' })
  const from = models.findIndex((model) => model.id === page.get('after_id')) + 1
  const data = models.slice(from, from + limit).map(shown)
  show({
    data,
    has_more: from + limit < models.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  })
}

const shown = ({ id, created, maxOutputTokens }: SimulatedModel) => ({
  type: 'model',
  id,
  display_name: id,
  created_at: new Date(created * 1_000).toISOString().replace('.000Z', 'Z'),
  max_tokens: maxOutputTokens,
  max_input_tokens: null,
  capabilities: null,
  lifecycle: 'active',
  line: null,
  deprecated_at: null,
  retires_at: null,
})
