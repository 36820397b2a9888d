import type { Unproven } from '@tollkeeper/db/ledger'
import { defineJob } from '../job.ts'

type Ports = {
  /** Provisional charges that are old enough and have no correction, of organisations with the rule `observed`. */
  unproven: () => Promise<readonly Unproven[]>
  /** Charges what is known instead, as a correction; false when there is nothing left to correct. */
  correct: (charge: Unproven) => Promise<boolean>
}

/**
 * The 24 h rule (money.md 4.4): a provisional charge for which no evidence came is lowered to what is known to have been
 * used. A correction goes through the same script as one that a proxy brings, so that whoever is first wins and a charge
 * has one correction at most.
 */
export const resolveProvisional = defineJob<Ports>({
  name: 'resolve-provisional',
  run: async ({ unproven, correct }) => {
    let corrected = 0
    for (const charge of await unproven()) if (await correct(charge)) corrected += 1
    return { corrected }
  },
})
