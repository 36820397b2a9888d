import type { ServerResponse } from 'node:http'
import type { Pace } from '../simulation.ts'
import { drip } from './drip.ts'
import { sendGarbage } from './garbage.ts'
import type { OpenCall } from './open-call.ts'
import type { StreamScript, StreamStep } from './stream-script.ts'

/** Sends an answer as server-sent events, each step written by itself and in its time. */
export function sendStream(call: OpenCall, pace: Pace, response: ServerResponse): void {
  if (pace.ttftMs === 0) return begin(call, pace, response)
  const timer = setTimeout(() => begin(call, pace, response), pace.ttftMs)
  response.once('close', () => clearTimeout(timer))
}

function begin(call: OpenCall, pace: Pace, response: ServerResponse): void {
  const { marks, completionTokens } = call.plan
  const head = {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...call.headers,
  }
  const script = call.plan.script(call)
  if (marks.garbage) {
    const body = [...allOf(script)].map(({ frame }) => frame).join('')
    return sendGarbage(call, response, { kind: marks.garbage, body, head })
  }
  response.writeHead(200, head)
  if (marks.hang === 'headers') return response.flushHeaders()
  if (marks.drip === undefined) return run(call, { pace, script, response })
  let generated = 0
  call.generated = () => generated
  drip(allOf(script), response, {
    everyMs: marks.drip,
    wrote: (tokens) => (generated += tokens),
    done: () => call.end({ end: 'complete', status: 200, generatedTokens: completionTokens }),
  })
}

/** Everything a script says, as steps. */
function* allOf({ opening, openingTokens, steps, ending }: StreamScript): Generator<StreamStep, void> {
  yield { frame: opening, tokens: openingTokens }
  for (let next = steps.next(); !next.done; next = steps.next()) yield next.value
  yield { frame: ending(), tokens: 0 }
}

type Running = { pace: Pace; script: StreamScript; response: ServerResponse }

function run(call: OpenCall, { pace, script, response }: Running): void {
  const { tokensPerSecond, cut } = pace
  const { opening, openingTokens, steps, ending } = script
  const { endless, stall = Number.POSITIVE_INFINITY, fail: failAfter = Number.POSITIVE_INFINITY } = call.plan.marks
  const cutAfter = cut?.after ?? Number.POSITIVE_INFINITY
  const stepsPerMs = (tokensPerSecond * call.plan.lanes) / 1_000
  const startedAt = performance.now()
  let generated = openingTokens
  let sent = 0
  let timer: NodeJS.Timeout | undefined
  call.generated = () => generated
  response.write(opening)
  response.once('close', () => clearTimeout(timer))

  const step = (): void => {
    if (response.destroyed) return
    // Unpaced, one token a turn of the event loop: other calls go on, and each token is a write.
    const due = stepsPerMs > 0 ? Math.floor((performance.now() - startedAt) * stepsPerMs) + 1 : sent + 1
    let flowing = true
    while (sent < due) {
      if (generated >= cutAfter) return breakOff()
      if (generated >= failAfter) return fail()
      if (generated >= stall) return
      const next = nextStep()
      if (next === undefined) return finish()
      sent += 1
      generated += next.tokens
      if (next.frame !== '') flowing = response.write(next.frame)
    }
    if (!flowing) response.once('drain', step)
    else if (stepsPerMs === 0) setImmediate(step)
    else timer = setTimeout(step, Math.max(1, sent / stepsPerMs - (performance.now() - startedAt)))
  }
  const nextStep = (): StreamStep | undefined => {
    const next = steps.next()
    if (!next.done) return next.value
    return endless ? { frame: script.more(), tokens: 1 } : undefined
  }
  const breakOff = () => {
    call.end({ end: 'cut', status: 200, generatedTokens: generated })
    if (cut?.how === 'close') return void response.end()
    // What was written goes out first, then the connection breaks without an end.
    setImmediate(() => (cut?.how === 'reset' ? response.socket?.resetAndDestroy() : response.destroy()))
  }
  const fail = () => {
    call.end({ end: 'failed', status: 200, generatedTokens: generated })
    response.end(script.failure())
  }
  const finish = () => {
    call.end({ end: 'complete', status: 200, generatedTokens: generated })
    response.end(ending())
  }
  setImmediate(step)
}
