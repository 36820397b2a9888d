import { BlockList } from 'node:net'

/** One address of a name, as a resolver gives it. */
export type FoundAddress = { readonly address: string; readonly family: number }

type Lists = Record<'ipv4' | 'ipv6', BlockList>
type Subnets = readonly (readonly [network: string, bits: number])[]

function listsOf(ipv4: Subnets, ipv6: Subnets): Lists {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const [network, bits] of ipv4) lists.ipv4.addSubnet(network, bits, 'ipv4')
  for (const [network, bits] of ipv6) lists.ipv6.addSubnet(network, bits, 'ipv6')
  return lists
}

/** Where clouds keep the secrets of their machines. */
const linkLocal = listsOf(
  [['169.254.0.0', 16]],
  [
    ['fe80::', 10],
    ['::ffff:169.254.0.0', 112],
  ],
)

/** Not the public internet: own machine, private networks, clouds' metadata, translated addresses, multicast. */
const notPublic = listsOf(
  [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ],
  [
    ['::', 127],
    ['::ffff:0:0', 96],
    ['64:ff9b::', 96],
    ['2002::', 16],
    ['fc00::', 7],
    ['fe80::', 10],
    ['ff00::', 8],
  ],
)

/**
 * Whether an address may not be called (security.md 3.3): anything but the public internet; with `allowPrivate` only
 * link-local addresses.
 */
export const isForbiddenAddress = ({ address, family }: FoundAddress, allowPrivate: boolean): boolean => {
  const lists = allowPrivate ? linkLocal : notPublic
  return family === 6 ? lists.ipv6.check(address, 'ipv6') : lists.ipv4.check(address, 'ipv4')
}
