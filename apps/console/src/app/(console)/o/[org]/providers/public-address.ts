import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

type Lists = Record<'ipv4' | 'ipv6', BlockList>
type Subnets = readonly (readonly [network: string, bits: number])[]

function listsOf(ipv4: Subnets, ipv6: Subnets): Lists {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const [network, bits] of ipv4) lists.ipv4.addSubnet(network, bits, 'ipv4')
  for (const [network, bits] of ipv6) lists.ipv6.addSubnet(network, bits, 'ipv6')
  return lists
}

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

const publicPorts = new Set(['', '443', '8443'])

/** Every address of a name. Replaced in tests, which have no internet. */
export type Resolve = (host: string) => Promise<readonly { address: string; family: number }[]>

const resolveAll: Resolve = (host) => lookup(host, { all: true })

/**
 * Why a provider may not be at this address, as a sentence; undefined when it may. It has to be https on the public
 * internet, and every address of its name is looked at; unless `allowPrivate`, which leaves out only link-local
 * addresses, where clouds keep the secrets of their machines.
 */
export async function addressProblem(
  baseUrl: string,
  allowPrivate: boolean,
  resolve: Resolve = resolveAll,
): Promise<string | undefined> {
  const url = new URL(baseUrl)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!allowPrivate) {
    if (url.protocol !== 'https:') return 'Use https://. Plain http is only for providers inside your own network.'
    if (!publicPorts.has(url.port))
      return 'Use port 443 or 8443. Others are only for providers inside your own network.'
    if (isIP(host) !== 0) return 'Use a name instead of a number. Addresses in numbers are only for your own network.'
  }
  const found = await resolve(host).catch(() => [])
  if (found.length === 0 && !allowPrivate) return `There is no server called ${host}.`
  if (found.some((each) => isIn(allowPrivate ? linkLocal : notPublic, each))) {
    return `${host} is inside a private network, where this installation does not call providers.`
  }
  return undefined
}

const isIn = (lists: Lists, { address, family }: { address: string; family: number }): boolean =>
  family === 6 ? lists.ipv6.check(address, 'ipv6') : lists.ipv4.check(address, 'ipv4')
