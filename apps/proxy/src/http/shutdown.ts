import type { FastifyInstance } from 'fastify'

/** How long each part of an orderly end takes at most, in milliseconds. */
export type ShutdownTimes = {
  /** It still listens, for balancers that have not looked at `/readyz` yet. */
  listenMs: number
  /** Then answers that run may go on. */
  graceMs: number
}

export type ShutdownParts = {
  server: FastifyInstance
  /** Ends streams that still run with an error event. */
  cutStreams: () => void
  /** One after the other, when nothing runs any more: what is owed is settled before what settles it is closed. */
  steps: readonly (() => Promise<unknown> | void)[]
}

/** The end of a proxy in good order (faults.md 7). */
export type Shutdown = {
  /** From the first moment on: it says that it is not ready, and that connections are to be closed. */
  readonly begun: boolean
  /** Resolves when everything is settled and closed. */
  run: (times: ShutdownTimes, parts: ShutdownParts) => Promise<void>
  /** It shall end within seconds: what is left of the times is cut short. */
  hurry: () => void
}

/** How long streams that were cut have to settle and say so. */
const lastMs = 2_000
/** What is left of the grace for somebody in a hurry: with the rest of the end less than ten seconds. */
const hurriedGraceMs = 5_000

export function makeShutdown(): Shutdown {
  let begun = false
  let hurried = () => {}
  const inHurry = new Promise<void>((resolve) => {
    hurried = resolve
  })
  return {
    get begun() {
      return begun
    },
    async run({ listenMs, graceMs }, { server, cutStreams, steps }) {
      begun = true
      await Promise.race([later(listenMs), inHurry])
      const closed = server.close()
      // A kept-alive connection becomes idle when its last answer ends, after close() has looked.
      const sweep = setInterval(() => server.server.closeIdleConnections(), 20)
      await Promise.race([closed, later(graceMs), inHurry.then(() => later(hurriedGraceMs))])
      cutStreams()
      await Promise.race([closed, later(lastMs)])
      clearInterval(sweep)
      server.server.closeAllConnections()
      for (const step of steps) await step()
    },
    hurry: () => hurried(),
  }
}

const later = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
