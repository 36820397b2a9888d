import { lookup } from 'node:dns/promises'
import { hostOf, isForbiddenAddress, urlProblem, type FoundAddress, type UrlProblem } from '@tollkeeper/domain/outbound'

/** Every address of a name. Replaced in tests, which have no internet. */
export type Resolve = (host: string) => Promise<readonly FoundAddress[]>

const resolveAll: Resolve = (host) => lookup(host, { all: true })

const sentences: Readonly<Record<UrlProblem, string>> = {
  scheme: 'Use https://. Plain http is only for providers inside your own network.',
  port: 'Use port 443 or 8443. Others are only for providers inside your own network.',
  number: 'Use a name instead of a number. Addresses in numbers are only for your own network.',
  'user-info': 'Leave out the name and password before the "@": the credential has a field of its own.',
}

/**
 * Why a provider may not be at this address, as a sentence; undefined when it may. It has to be https on the public
 * internet, and every address of its name is looked at; unless `allowPrivate`, which leaves out only link-local
 * addresses, where clouds keep the secrets of their machines. The proxy looks again whenever it connects.
 */
export async function addressProblem(
  baseUrl: string,
  allowPrivate: boolean,
  resolve: Resolve = resolveAll,
): Promise<string | undefined> {
  const url = new URL(baseUrl)
  const problem = urlProblem(url, allowPrivate)
  if (problem) return sentences[problem]
  const host = hostOf(url)
  const found = await resolve(host).catch(() => [])
  if (found.length === 0 && !allowPrivate) return `There is no server called ${host}.`
  if (found.some((each) => isForbiddenAddress(each, allowPrivate))) {
    return `${host} is inside a private network, where this installation does not call providers.`
  }
  return undefined
}
