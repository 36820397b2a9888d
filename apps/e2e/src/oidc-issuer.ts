import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Whom the issuer says the browser belongs to. */
export type Person = { subject: string; email: string; verified: boolean; name: string }

export type OidcIssuer = {
  url: string
  /** Whoever comes to sign in from now on is this person. */
  says: (person: Person) => void
  stop: () => Promise<void>
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An OpenID Connect issuer for tests: authorization code flow, signed id tokens, no password. */
export async function startOidcIssuer(): Promise<OidcIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'RS256' }
  const codes = new Map<string, { audience: string; nonce: string }>()
  let person: Person | undefined
  let url = ''

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url)
    if (pathname === '/.well-known/openid-configuration') return json(response, discovery(url))
    if (pathname === '/jwks') return json(response, { keys: [key] })
    if (pathname === '/authorize') {
      const code = randomBytes(8).toString('hex')
      codes.set(code, { audience: searchParams.get('client_id') ?? '', nonce: searchParams.get('nonce') ?? '' })
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      back.searchParams.set('code', code)
      back.searchParams.set('state', searchParams.get('state') ?? '')
      return void response.writeHead(302, { location: back.href }).end()
    }
    if (pathname !== '/token') return void response.writeHead(404).end()
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const asked = codes.get(new URLSearchParams(body).get('code') ?? '')
      if (!asked || !person) return void response.writeHead(400).end()
      json(response, { access_token: 'unused', token_type: 'Bearer', id_token: idToken(asked, person) })
    })
  })

  function idToken({ audience, nonce }: { audience: string; nonce: string }, who: Person): string {
    const now = Math.floor(Date.now() / 1_000)
    const { subject: sub, email, verified, name } = who
    const claims = {
      iss: url,
      sub,
      aud: audience,
      nonce,
      iat: now,
      exp: now + 300,
      email,
      email_verified: verified,
      name,
    }
    const signed = `${encoded({ alg: 'RS256', kid: 'test' })}.${encoded(claims)}`
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://localhost:${(server.address() as AddressInfo).port}`
  return {
    url,
    says: (next) => void (person = next),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

const json = (response: ServerResponse, value: object): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))

const discovery = (url: string) => ({
  issuer: url,
  authorization_endpoint: `${url}/authorize`,
  token_endpoint: `${url}/token`,
  jwks_uri: `${url}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
})
