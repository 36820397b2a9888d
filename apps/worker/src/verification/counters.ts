import type { Drift, LedgerNode } from '@tollkeeper/db/verification'
import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Balance } from '@tollkeeper/redis/balances'
import type { OpenHold } from '@tollkeeper/redis/open-holds'
import type { VerificationPorts } from './ports.ts'

/** How often a counter that moves while it is compared is looked at again before it is left for the next run. */
const tries = 5

export type HeldDrift = { node: string; heldNano: NanoUsd; holdsNano: NanoUsd }

export type Compared = {
  nodes: readonly LedgerNode[]
  /** Counters that were judged. */
  checked: number
  drift: Drift[]
  held: HeldDrift[]
  holds: readonly OpenHold[]
}

type Ports = Pick<VerificationPorts, 'expected' | 'counters' | 'openHolds'>

/**
 * Compares every counter with opening + ledger + stream, and what it holds with the open holds that name it. A counter
 * that traffic moves is judged only when it stood still around the looks at the others.
 */
export async function compareCounters(ports: Ports, orgId: OrgId): Promise<Compared> {
  const all = await ports.expected(orgId)
  const result: Compared = { nodes: all, checked: 0, drift: [], held: [], holds: [] }
  let names = all.map((node) => node.nodeId)
  for (let i = 0; i < tries && (i === 0 || names.length > 0); i += 1) {
    const before = await ports.counters(orgId, names)
    const ledger = new Map((await ports.expected(orgId)).map((node) => [node.nodeId, node.spent]))
    result.holds = await ports.openHolds(orgId)
    const held = heldByNode(result.holds)
    const after = await ports.counters(orgId, names)
    const moving: string[] = []
    for (const node of names) {
      const counter = after.get(node)
      if (!same(before.get(node), counter)) {
        moving.push(node)
        continue
      }
      result.checked += 1
      // A counter is made by its first hold, so before that there is nothing to compare.
      if (!counter) continue
      const ledgerNano = ledger.get(node) ?? 0n
      const holdsNano = held.get(node) ?? 0n
      if (counter.used !== ledgerNano) result.drift.push({ node, counterNano: counter.used, ledgerNano })
      if (counter.held !== holdsNano) result.held.push({ node, heldNano: counter.held, holdsNano })
    }
    names = moving
  }
  return result
}

const same = (a: Balance | undefined, b: Balance | undefined): boolean => a?.used === b?.used && a?.held === b?.held

function heldByNode(holds: readonly OpenHold[]): Map<string, NanoUsd> {
  const sums = new Map<string, NanoUsd>()
  for (const { nodes, amount } of holds) for (const node of nodes) sums.set(node, (sums.get(node) ?? 0n) + amount)
  return sums
}
