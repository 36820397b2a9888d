import type { OrgId } from '@tollkeeper/domain/id'

/**
 * Remembers what `build` made of a list, for as long as the list itself is around: the proxy hands over the same limits
 * and the same counters of a key in thousands of calls, and what a script takes of them is always the same. A list that
 * was given once must not be changed any more.
 */
export function oncePerList<Item, Built>(
  build: (orgId: OrgId, list: readonly Item[]) => Built,
): (orgId: OrgId, list: readonly Item[]) => Built {
  const remembered = new WeakMap<readonly Item[], { orgId: OrgId; built: Built }>()
  return (orgId, list) => {
    const there = remembered.get(list)
    // Keys name the organisation: what was built for another one would be somebody else's money.
    if (there?.orgId === orgId) return there.built
    const built = build(orgId, list)
    remembered.set(list, { orgId, built })
    return built
  }
}
