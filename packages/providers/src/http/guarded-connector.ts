import type { LookupAddress, LookupOptions } from 'node:dns'
import { lookup as lookUp } from 'node:dns/promises'
import { isIP } from 'node:net'
import { callbackify } from 'node:util'
import { hostOf, isForbiddenAddress, urlProblem, type FoundAddress } from '@tollkeeper/domain/outbound'
import { buildConnector } from 'undici'

/** Every address of a name. Replaced in tests, which have a name server of their own. */
export type Resolve = (host: string) => Promise<readonly FoundAddress[]>

/** What may be connected to. */
export type OutboundRules = {
  /** Addresses inside the own network are fine, and plain http; link-local ones never are. */
  allowPrivate: boolean
  /** Ports that are never called, since stores of this installation listen there. */
  closedPorts: ReadonlySet<string>
  resolve: Resolve
}

/** `code` of the error with which a connection that is not allowed fails, before a byte was sent. */
export const forbiddenAddress = 'OUTBOUND_ADDRESS_FORBIDDEN'

class ForbiddenAddress extends Error {
  readonly code = forbiddenAddress
}

export const resolveAll: Resolve = (host) => lookUp(host, { all: true })

/**
 * Connects only where it is allowed, judged at the moment of connecting: a name may mean another machine than it did
 * when an administrator saved it. The address that was checked is the address that is connected to (security.md 3.3).
 */
export function guardedConnector(rules: OutboundRules, timeoutMs: number): buildConnector.connector {
  const checked = async (host: string, _options: LookupOptions): Promise<LookupAddress[]> => {
    const found = await rules.resolve(host)
    if (found.length === 0 || found.some((each) => isForbiddenAddress(each, rules.allowPrivate)))
      throw new ForbiddenAddress(host)
    return [...found]
  }
  // With `autoSelectFamily` all addresses of a name are asked for at once.
  const lookup = callbackify(checked)
  const connect = buildConnector({ allowH2: false, timeout: timeoutMs, autoSelectFamily: true, lookup })
  return (options, callback) => {
    if (!mayConnect(options, rules)) return callback(new ForbiddenAddress(options.hostname), null)
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null)
      const { remoteAddress = '', remoteFamily } = socket
      // What is connected is looked at once more, whatever the way to it was.
      if (!isForbiddenAddress({ address: remoteAddress, family: remoteFamily === 'IPv6' ? 6 : 4 }, rules.allowPrivate))
        return callback(null, socket)
      socket.destroy()
      callback(new ForbiddenAddress(options.hostname), null)
    })
  }
}

function mayConnect({ protocol, hostname, port }: buildConnector.Options, rules: OutboundRules): boolean {
  const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname
  const url = new URL(`${protocol}//${host}${port ? `:${port}` : ''}`)
  if (urlProblem(url, rules.allowPrivate) || rules.closedPorts.has(url.port)) return false
  // Numbers are connected to without being looked up.
  const family = isIP(hostOf(url))
  return family === 0 || !isForbiddenAddress({ address: hostOf(url), family }, rules.allowPrivate)
}
