/**
 * Runs a script on the counters that the caller believes a hold was taken on. Where the hold says otherwise, nothing
 * has changed and the script runs once more on the hold's own list: what was held is what must be given back.
 *
 * `run` takes and `OTHER` gives the ids of the counters, separated by spaces.
 */
export async function onItsCounters(believed: string, run: (ids: string) => Promise<unknown>): Promise<unknown> {
  const reply = await run(believed)
  if (!Array.isArray(reply) || reply[0] !== 'OTHER' || typeof reply[1] !== 'string') return reply
  return run(reply[1])
}
