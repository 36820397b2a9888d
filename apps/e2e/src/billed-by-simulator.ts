import type { Ready } from '@tollkeeper/testbed/product'

/** What the simulated provider would bill for all calls so far, in nano-USD: the oracle that no part of ours can touch. */
export async function billedBySimulator(product: Ready): Promise<bigint> {
  const totals = (await (await fetch(`${product.simulator}/__sim/totals`)).json()) as { billedNano: string }
  return BigInt(totals.billedNano)
}
