import type { OrgId } from '@tollkeeper/domain/id'
import { countersNamed, type Counters } from './counters.ts'

/**
 * Runs a script on the counters that the caller believes a hold was taken on. Where the hold says otherwise, nothing
 * has changed, the script answers `OTHER` with their ids and runs once more on the hold's own list: what was held is
 * what must be given back.
 */
export async function onItsCounters(
  orgId: OrgId,
  believed: Counters,
  run: (counters: Counters) => Promise<unknown>,
): Promise<unknown> {
  const reply = await run(believed)
  if (!Array.isArray(reply) || reply[0] !== 'OTHER' || typeof reply[1] !== 'string') return reply
  return run(countersNamed(orgId, reply[1]))
}
