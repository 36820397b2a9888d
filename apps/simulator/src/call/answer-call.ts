import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterScriptedCall } from '../behaviour.ts'
import type { Fault } from '../fault.ts'
import { readBody } from '../http/body.ts'
import { sendJson } from '../http/reply.ts'
import { type PlanBody, type Simulation, paceOf } from '../simulation.ts'
import { type Marks, noMarks } from '../marks.ts'
import type { Planned } from './call-plan.ts'
import type { Dialect } from './dialect.ts'
import { gateFault, newRequestId, retryAfterOf } from './gate.ts'
import { inputOf } from './input-of.ts'
import type { OpenCall } from './open-call.ts'
import { answeredCall, callStart, refusedCall } from './record-of.ts'
import { sendStream } from './send-stream.ts'
import { sendWhole } from './send-whole.ts'

/** Answers one request of an answering route and writes it into the record, whatever becomes of it. */
export async function answerCall(
  simulation: Simulation,
  route: { dialect: Dialect; plan: PlanBody },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { dialect } = route
  const at = new Date()
  const requestId = newRequestId()
  const key = dialect.keyOf(request)
  const start = callStart(request, { at, dialect: dialect.name, requestId, key })
  const entry = simulation.record.begin()

  const body = await readBody(request)
  if (body.kind === 'gone') return entry.end(refusedCall(start, null, 0, 'client-left'))
  const planned: Planned =
    body.kind === 'text'
      ? route.plan(body.text, marksOfCall(simulation), key)
      : { kind: 'refused', fault: { kind: 'too-large' }, asked: null }
  const headers = dialect.headers(requestId)
  const refuse = (fault: Fault) => {
    const failure = dialect.failureOf(fault, requestId)
    entry.end(refusedCall(start, planned.kind === 'plan' ? planned.plan.asked : planned.asked, failure.status))
    sendJson(response, failure.status, JSON.stringify(failure.body), { ...headers, ...failure.headers })
  }

  const fault = gateFault(simulation, dialect, request) ?? scriptedFault(simulation)
  if (fault) return refuse(fault)
  if (planned.kind === 'refused') return refuse(planned.fault)
  const { plan } = planned
  const foreign = plan.keyFault?.(key)
  if (foreign) return refuse(foreign)
  const taken = simulation.buckets.take(
    key ?? '',
    plan.promptTokens + plan.completionTokens,
    simulation.behaviour.rateLimits,
    at.getTime(),
  )
  Object.assign(headers, dialect.limitHeaders(taken.left))
  if (!taken.allowed) return refuse({ kind: 'rate', retryAfterMs: taken.retryAfterMs })

  const input = inputOf(plan, simulation, { key: key ?? '', atMs: at.getTime() })
  const call: OpenCall = {
    id: dialect.newId(),
    plan,
    input,
    headers,
    key,
    created: Math.floor(at.getTime() / 1_000),
    generated: () => 0,
    end: (how) => entry.end(answeredCall(start, { plan, input }, how, simulation.behaviour.abortedBilling)),
  }
  response.once('close', () => {
    const status = response.headersSent ? response.statusCode : 0
    call.end({ end: 'client-left', status, generatedTokens: call.generated() })
  })
  if (plan.marks.hang === 'accept') return
  if (plan.marks.status) {
    if (plan.marks.slow) await sleep(plan.marks.slow)
    return refuse({ kind: 'scripted', status: plan.marks.status.code, retryAfter: plan.marks.status.retryAfter })
  }
  const pace = paceOf(plan, simulation.behaviour)
  if (plan.asked.stream) sendStream(call, pace, response)
  else sendWhole(call, pace, response)
}

function scriptedFault(simulation: Simulation): Fault | undefined {
  const { behaviour } = simulation
  if (behaviour.status === null) return undefined
  simulation.behaviour = afterScriptedCall(behaviour)
  return { kind: 'scripted', status: behaviour.status, retryAfter: retryAfterOf(behaviour) }
}

/** The marks that this call has beside its own: those of every call, or none when it is not of the share that has them. */
function marksOfCall(simulation: Simulation): Marks {
  const { marks, marksShare } = simulation.behaviour
  const before = Math.floor(simulation.calls * marksShare)
  simulation.calls += 1
  return Math.floor(simulation.calls * marksShare) > before ? marks : noMarks
}
