import { describe, expect, it } from 'vitest'
import { newCredentialKeys, openCredential, sealCredential } from './index.ts'

const binding = { orgId: 'org_a', providerId: 'prov_a', origin: 'https://api.openai.com' }

describe('a sealed provider credential', () => {
  it('opens with the private key for the organisation, provider and origin it was sealed for', () => {
    const keys = newCredentialKeys()
    const sealed = sealCredential('sk-secret', keys.publicKey, binding)
    expect(openCredential(sealed, keys.privateKey, binding)).toBe('sk-secret')
    expect(sealed).not.toContain('sk-secret')
  })

  it.each([
    ['another organisation', { ...binding, orgId: 'org_b' }],
    ['another provider', { ...binding, providerId: 'prov_b' }],
    ['another origin', { ...binding, origin: 'https://evil.example' }],
  ])('does not open for %s', (_, other) => {
    const keys = newCredentialKeys()
    const sealed = sealCredential('sk-secret', keys.publicKey, binding)
    expect(() => openCredential(sealed, keys.privateKey, other)).toThrow(/authenticate/)
  })

  it('does not open with another private key', () => {
    const sealed = sealCredential('sk-secret', newCredentialKeys().publicKey, binding)
    expect(() => openCredential(sealed, newCredentialKeys().privateKey, binding)).toThrow(/authenticate/)
  })
})
