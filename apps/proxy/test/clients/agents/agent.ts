/** What an agent did with a prompt. */
export type Done = { text: string; usedTool: boolean }

/** A program that works by itself with a model. */
export type Agent = {
  name: string
  program: string
  /** Pointed at the gateway: what its folder `home` must hold, and its environment. */
  prepare: (to: { url: string; key: string; home: string }) => Record<string, string>
  args: (prompt: string) => readonly string[]
  /** Reads what it printed, one JSON object in each line. */
  read: (lines: readonly Record<string, unknown>[]) => Done
}
