import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Sent with every answer. The content security policy has a nonce per request and comes from `src/proxy.ts`. */
const securityHeaders = [
  { key: 'x-content-type-options', value: 'nosniff' },
  { key: 'x-frame-options', value: 'DENY' },
  { key: 'referrer-policy', value: 'strict-origin-when-cross-origin' },
  { key: 'cross-origin-opener-policy', value: 'same-origin' },
  { key: 'permissions-policy', value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=()' },
]

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: repository,
  turbopack: { root: repository },
  transpilePackages: ['@tollkeeper/db', '@tollkeeper/domain', '@tollkeeper/redis'],
  serverExternalPackages: ['@node-rs/argon2', 'bullmq', 'ioredis', 'pg', 'pino'],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  headers: async () => [{ source: '/:path*', headers: securityHeaders }],
}

// Next takes its configuration from the default export.
export default config
