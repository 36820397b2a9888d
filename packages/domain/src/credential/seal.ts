import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'

/** What a sealed credential is bound to: it opens only for the same organisation, provider row and origin. */
export type CredentialBinding = { orgId: string; providerId: string; origin: string }

const additionalData = (binding: CredentialBinding): Buffer =>
  Buffer.from(JSON.stringify(['credential.v1', binding.orgId, binding.providerId, binding.origin]))

const derive = (shared: Buffer, ephemeral: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', shared, ephemeral, 'tollkeeper credential v1', 32))

/** A fresh X25519 pair as base64 DER: the public half seals (console), the private half opens (proxy). */
export function newCredentialKeys(): { publicKey: string; privateKey: string } {
  const pair = generateKeyPairSync('x25519')
  return {
    publicKey: pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  }
}

const publicKeyOf = (base64: string): KeyObject =>
  createPublicKey({ key: Buffer.from(base64, 'base64'), type: 'spki', format: 'der' })

const privateKeyOf = (base64: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(base64, 'base64'), type: 'pkcs8', format: 'der' })

/**
 * Seals a provider credential so that only the holder of the private key can read it (security.md T-CRED):
 * ephemeral X25519, HKDF-SHA-256, AES-256-GCM with the binding as additional data. Gives `v1.<base64url>`.
 */
export function sealCredential(plain: string, publicKey: string, binding: CredentialBinding): string {
  const ephemeral = generateKeyPairSync('x25519')
  const ephemeralRaw = ephemeral.publicKey.export({ type: 'spki', format: 'der' })
  const key = derive(
    diffieHellman({ privateKey: ephemeral.privateKey, publicKey: publicKeyOf(publicKey) }),
    ephemeralRaw,
  )
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(additionalData(binding))
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return `v1.${Buffer.concat([ephemeralRaw, nonce, cipher.getAuthTag(), body]).toString('base64url')}`
}

/** Length of an X25519 public key in DER. */
const ephemeralLength = 44

/** Opens what `sealCredential` made. Throws when it was sealed for another binding or key, or was altered. */
export function openCredential(sealed: string, privateKey: string, binding: CredentialBinding): string {
  if (!sealed.startsWith('v1.')) throw new Error('Unknown form of sealed credential')
  const bytes = Buffer.from(sealed.slice(3), 'base64url')
  const ephemeralRaw = bytes.subarray(0, ephemeralLength)
  const nonce = bytes.subarray(ephemeralLength, ephemeralLength + 12)
  const tag = bytes.subarray(ephemeralLength + 12, ephemeralLength + 28)
  const ephemeral = createPublicKey({ key: ephemeralRaw, type: 'spki', format: 'der' })
  const key = derive(diffieHellman({ privateKey: privateKeyOf(privateKey), publicKey: ephemeral }), ephemeralRaw)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce)
  decipher.setAAD(additionalData(binding))
  decipher.setAuthTag(tag)
  return Buffer.concat([decipher.update(bytes.subarray(ephemeralLength + 28)), decipher.final()]).toString('utf8')
}
