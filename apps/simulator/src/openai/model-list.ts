import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendJson } from '../http/reply.ts'
import { type SimulatedModel, modelOf, models } from '../models.ts'
import type { Simulation } from '../simulation.ts'
import { gateFault } from '../call/gate.ts'
import { openaiChat } from './dialect.ts'
import { failureOf } from './failure.ts'

/** `GET /v1/models`, or with an id `GET /v1/models/{id}`. */
export function modelList(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
  id?: string,
): void {
  const fault = gateFault(simulation, openaiChat, request)
  const failure = fault && failureOf(fault)
  if (failure) return sendJson(response, failure.status, JSON.stringify(failure.body), failure.headers)
  if (id === undefined) return sendJson(response, 200, JSON.stringify({ object: 'list', data: models.map(shown) }))
  const model = modelOf(id)
  if (model) return sendJson(response, 200, JSON.stringify(shown(model)))
  sendJson(response, 404, JSON.stringify(failureOf({ kind: 'no-model', id }).body))
}

const shown = ({ id, created, ownedBy }: SimulatedModel) => ({ id, object: 'model', created, owned_by: ownedBy })
