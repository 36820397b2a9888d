import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Logger, pino } from 'pino'
import { wellBehaved } from './behaviour.ts'
import { sendJson } from './http/reply.ts'
import { messagesPlanner } from './anthropic/messages-plan.ts'
import { chatPlanner } from './openai/chat-plan.ts'
import { PromptCache } from './prompt-cache.ts'
import { RateBuckets } from './rate-limits.ts'
import { openCallRecord } from './record/call-record.ts'
import { responsesPlanner } from './responses/responses-plan.ts'
import { route } from './router.ts'
import type { Simulation } from './simulation.ts'

/** How to start a simulator. Everything may be left out. */
export type SimulatorOptions = {
  /** 0, the default, takes a free port. */
  port?: number
  /** 127.0.0.1 by default. */
  host?: string
  /** JSONL file that every call is appended to; without it the record is in memory alone. */
  recordFile?: string | undefined
  /** Milliseconds before the first byte of an answer; 0 by default. */
  ttftMs?: number
  /** Output tokens per second and choice; 0, the default, is as fast as possible. */
  tokensPerSecond?: number
  log?: Logger
}

/** A running simulator. */
export type Simulator = {
  /** Its origin, `http://127.0.0.1:PORT`; the base URL of the API is this and `/v1`. */
  url: string
  /** Takes no more calls, lets running ones finish for at most `graceMs`, and closes the record. */
  stop(options?: { graceMs?: number }): Promise<void>
}

/** Starts a simulator. Rejects when the port is taken or the record file cannot be used. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', ttftMs = 0, tokensPerSecond = 0 } = options
  const behaviour = wellBehaved({ ttftMs, tokensPerSecond })
  const simulation: Simulation = {
    behaviour,
    startedWith: behaviour,
    calls: 0,
    record: openCallRecord(options.recordFile),
    buckets: new RateBuckets(),
    promptCache: new PromptCache(),
    planners: { chat: chatPlanner(), responses: responsesPlanner(), messages: messagesPlanner() },
    log: options.log ?? pino({ level: 'silent' }),
  }
  const server = createServer((request, response) => {
    route(simulation, request, response).catch((error: unknown) => fail(simulation, response, error))
  })
  // Longer than clients keep idle connections, so that they never write into one we just closed.
  server.keepAliveTimeout = 75_000

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  }).catch((error: unknown) => {
    simulation.record.close()
    throw error
  })
  const address = server.address() as AddressInfo
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address

  const close = async (graceMs: number) => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    // A kept-alive connection becomes idle when its last answer ends, after close() has looked.
    const sweep = setInterval(() => server.closeIdleConnections(), 20)
    const cutOff = setTimeout(() => server.closeAllConnections(), graceMs)
    await closed
    clearInterval(sweep)
    clearTimeout(cutOff)
    // The server is closed before the answers that were cut off say so; they are to be written down.
    while (simulation.record.totals().open > 0) await nextTurn()
    simulation.record.close()
  }
  let stopping: Promise<void> | undefined
  return {
    url: `http://${shownHost}:${address.port}`,
    stop: ({ graceMs = 1_000 } = {}) => (stopping ??= close(graceMs)),
  }
}

function fail({ log }: Simulation, response: ServerResponse<IncomingMessage>, error: unknown): void {
  log.error({ err: error }, 'route failed')
  if (response.headersSent) response.destroy()
  else
    sendJson(
      response,
      500,
      '{"error":{"message":"The simulator failed.","type":"server_error","param":null,"code":null}}',
    )
}
