import { describe, expect, it } from 'vitest'
import { parseConsoleEnv } from './env.ts'

const complete = {
  DATABASE_URL: 'postgres://u:p@localhost:5432/console',
  REDIS_URL: 'redis://localhost:6379',
  NEXTAUTH_URL: 'https://console.example.com/',
  NEXTAUTH_SECRET: 's'.repeat(32),
  KEY_PEPPERS: `1:${Buffer.alloc(32).toString('base64')}`,
  CREDENTIAL_PUBLIC_KEY: Buffer.alloc(44).toString('base64'),
  INTERNAL_TOKEN: 't'.repeat(16),
  PROXY_PUBLIC_URL: 'https://gateway.example.com',
}

describe('the environment', () => {
  it('is taken with addresses that end without a slash', () => {
    expect(parseConsoleEnv(complete)).toMatchObject({ NEXTAUTH_URL: 'https://console.example.com', OIDC_NAME: 'SSO' })
  })

  it('tells every problem at once', () => {
    const broken = {
      ...complete,
      DATABASE_URL: 'mysql://x',
      NEXTAUTH_SECRET: 'short',
      KEY_PEPPERS: '',
      PROXY_PUBLIC_URL: undefined,
    }
    expect(() => parseConsoleEnv(broken)).toThrow(
      /DATABASE_URL: .*\n.*NEXTAUTH_SECRET: must have at least 32 characters\n.*KEY_PEPPERS: .*\n.*PROXY_PUBLIC_URL: /,
    )
  })

  it('wants the variables of an OIDC provider together', () => {
    expect(() => parseConsoleEnv({ ...complete, OIDC_ISSUER: 'https://id.example.com' })).toThrow(
      /OIDC_CLIENT_ID: is needed.*\n.*OIDC_CLIENT_SECRET: is needed/,
    )
  })
})
