import type { Dispatcher } from 'undici'

/** A call took longer than it may. */
class CallTimeout extends Error {
  readonly code = 'CALL_TIMEOUT'
}

/** Longer ones are rounded up to seconds: then the timers of most calls share one list. */
const preciseMs = 10_000

/** The end of a call's time. Aborts it wherever it is: waiting for a connection, or under way. */
export class CallDeadline {
  readonly #timer: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #unsent: (() => void) | undefined
  #passed = false

  constructor(ms: number) {
    this.#timer = setTimeout(() => this.#pass(), ms > preciseMs ? Math.ceil(ms / 1_000) * 1_000 : ms)
    this.#timer.unref()
  }

  /** `listener` hears when the time is over before the call has begun: then it never begins. */
  onUnsent(listener: () => void): void {
    this.#unsent = listener
  }

  /** The call begins. */
  begin(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#passed) controller.abort(new CallTimeout('The call was given up before it began'))
  }

  /** The call is over, or has no end by this clock any more. */
  clear(): void {
    clearTimeout(this.#timer)
  }

  #pass(): void {
    this.#passed = true
    if (this.#controller) this.#controller.abort(new CallTimeout('The call took too long'))
    else this.#unsent?.()
  }
}
