import { isIP } from 'node:net'

/** What can be wrong with an address before any name is resolved. */
export type UrlProblem = 'scheme' | 'port' | 'number' | 'user-info'

const publicPorts = new Set(['', '443', '8443'])

/** The host of an address without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/**
 * Why the text of an address already forbids calling it; undefined when it does not. Outside one's own network only
 * https, its usual ports, and names instead of numbers.
 */
export function urlProblem(url: URL, allowPrivate: boolean): UrlProblem | undefined {
  if (url.username !== '' || url.password !== '') return 'user-info'
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:')) return 'scheme'
  if (allowPrivate) return undefined
  if (!publicPorts.has(url.port)) return 'port'
  return isIP(hostOf(url)) === 0 ? undefined : 'number'
}
