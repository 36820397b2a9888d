import type { ServerResponse } from 'node:http'
import type { Pace } from '../simulation.ts'
import type { OpenCall } from './open-call.ts'

/** Sends an answer as server-sent events, each step written by itself and in its time. */
export function sendStream(call: OpenCall, pace: Pace, response: ServerResponse): void {
  if (pace.ttftMs === 0) return run(call, pace, response)
  const timer = setTimeout(() => run(call, pace, response), pace.ttftMs)
  response.once('close', () => clearTimeout(timer))
}

function run(call: OpenCall, { tokensPerSecond, cutAfter }: Pace, response: ServerResponse): void {
  const { opening, openingTokens, steps, ending } = call.plan.script(call)
  const stepsPerMs = (tokensPerSecond * call.plan.lanes) / 1_000
  const startedAt = performance.now()
  let generated = openingTokens
  let sent = 0
  let timer: NodeJS.Timeout | undefined
  call.generated = () => generated

  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...call.headers,
  })
  response.write(opening)
  response.once('close', () => clearTimeout(timer))

  const step = (): void => {
    if (response.destroyed) return
    // Unpaced, one token a turn of the event loop: other calls go on, and each token is a write.
    const due = stepsPerMs > 0 ? Math.floor((performance.now() - startedAt) * stepsPerMs) + 1 : sent + 1
    let flowing = true
    while (sent < due) {
      if (cutAfter !== null && generated >= cutAfter) return cut()
      const next = steps.next()
      if (next.done) return finish()
      sent += 1
      generated += next.value.tokens
      if (next.value.frame !== '') flowing = response.write(next.value.frame)
    }
    if (!flowing) response.once('drain', step)
    else if (stepsPerMs === 0) setImmediate(step)
    else timer = setTimeout(step, Math.max(1, sent / stepsPerMs - (performance.now() - startedAt)))
  }
  const cut = () => {
    call.end({ end: 'cut', status: 200, generatedTokens: generated })
    // What was written goes out first, then the connection breaks without an end.
    setImmediate(() => response.destroy())
  }
  const finish = () => {
    call.end({ end: 'complete', status: 200, generatedTokens: generated })
    response.end(ending())
  }
  setImmediate(step)
}
