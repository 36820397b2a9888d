/** One output token or more, and the events that show them; '' when they show no text yet. */
export type StreamStep = { frame: string; tokens: number }

/** A stream, written down before it is sent at its pace. */
export type StreamScript = {
  /** Events before the first step, and the output tokens that exist with them. */
  opening: string
  openingTokens: number
  steps: Iterator<StreamStep>
  /** Events after the last step. */
  ending: () => string
  /** One more token, for a stream that never ends. */
  more: () => string
  /** Events that say, in place of the rest, that it failed. */
  failure: () => string
}
