import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'

const page = readFileSync(new URL('./page.html', import.meta.url), 'utf8')

/** The control page for people: one file, nothing loaded from elsewhere. */
export function controlPage(response: ServerResponse): void {
  const nonce = randomBytes(16).toString('base64')
  const html = page.replaceAll('NONCE', nonce)
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(html),
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  response.end(html)
}
