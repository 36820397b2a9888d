import type { Demo } from './demo.ts'

export type Addresses = { readonly console: string; readonly proxy: string; readonly simulator: string }

/**
 * What a person needs who has just started Tollkeeper. Framed above and below only, so that the curl line
 * can be copied as it stands.
 */
export function announcement(what: {
  addresses: Addresses
  demo: Demo
  model: string | undefined
  setup: string | undefined
}): string {
  const { addresses, demo, model, setup } = what
  const [key] = demo.keys
  const rule = '─'.repeat(78)
  const rows = (label: string, values: readonly string[]) =>
    values.map((value, index) => `  ${(index === 0 ? label : '').padEnd(11)}${value}`)
  return [
    '',
    rule,
    '  Tollkeeper is running.',
    '',
    ...rows('Console', [addresses.console]),
    ...rows('Proxy', [`${addresses.proxy}/v1`]),
    ...rows('Simulator', [`${addresses.simulator}  (a provider that needs no key)`]),
    ...(setup ? ['', ...rows('Set up', [setup])] : []),
    ...(demo.logins.length > 0 ? [''] : []),
    ...rows(
      'Sign in',
      demo.logins.map(({ role, email, password }) => `${email}  ${password}  (${role})`),
    ),
    ...(key ? ['', ...rows('Key', [`${key.secret}  (${key.team}, ${key.organisation})`])] : []),
    ...(key && model ? ['', '  Try it:', '', curlLine(addresses.proxy, key.secret, model)] : []),
    '',
    '  Ctrl-C or `npm stop` stops it; data stays.',
    rule,
    '',
  ].join('\n')
}

function curlLine(proxy: string, secret: string, model: string): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello' }] })
  return `curl ${proxy}/v1/chat/completions -H 'authorization: Bearer ${secret}' -H 'content-type: application/json' -d '${body}'`
}
