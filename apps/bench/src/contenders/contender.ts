/** Something that passes requests on to the upstream, running as a process of its own. */
export type Contender = {
  /** As it appears in the report. */
  readonly name: string
  readonly pid: number
  /** Where it listens. */
  readonly origin: string
  /** Who asks; more than one, so that no counter is touched by everybody. */
  readonly keys: readonly string[]
}

/** Which contender to start: the bare proxy, or the gateway in a checkout of this repository. */
export type ContenderChoice = { readonly kind: 'bare' } | { readonly kind: 'gateway'; readonly checkout: string }

/** What a contender is called in the report; `gateway` is the name if it is one. */
export const nameOf = (choice: ContenderChoice, gateway: string): string => (choice.kind === 'bare' ? 'bare' : gateway)

/** Clean-up of what was started so far, to be run in any case. */
export type Started = { stop(): Promise<unknown> }[]
