import { describe, expect, it } from 'vitest'
import { whyForeign } from './same-origin.ts'

const own = 'https://console.example.com'
const call = (method: string, headers: Record<string, string>) =>
  whyForeign(new Request(`${own}/api/trpc/x`, { method, headers }), own)?.status ?? 'accepted'

describe('calls of the API', () => {
  it.each([
    [
      'our own page',
      'POST',
      { origin: own, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
      'accepted',
    ],
    [
      'our own page with a charset',
      'POST',
      { origin: own, 'content-type': 'application/json; charset=utf-8' },
      'accepted',
    ],
    ['a read of our own page', 'GET', { 'sec-fetch-site': 'same-origin' }, 'accepted'],
    ['a form of another site', 'POST', { origin: 'https://evil.example', 'content-type': 'text/plain' }, 403],
    ['a script of another site', 'POST', { origin: 'https://evil.example', 'content-type': 'application/json' }, 403],
    ['a sibling site', 'POST', { origin: own, 'sec-fetch-site': 'same-site', 'content-type': 'application/json' }, 403],
    ['no origin', 'POST', { 'content-type': 'application/json' }, 403],
    [
      'the same host without https',
      'POST',
      { origin: 'http://console.example.com', 'content-type': 'application/json' },
      403,
    ],
    ['JSON disguised as text', 'POST', { origin: own, 'content-type': 'text/plain' }, 415],
    ['a read from another site', 'GET', { 'sec-fetch-site': 'cross-site' }, 403],
  ])('from %s', (_name, method, headers, expected) => {
    expect(call(method, headers as Record<string, string>)).toBe(expected)
  })
})
