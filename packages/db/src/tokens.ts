import { createHash, randomBytes } from 'node:crypto'

/** A token for a link: 256 random bits as base64url. It is told once; the database keeps its hash. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** SHA-256 in lower-case hex. Enough for a token of 256 random bits (security.md T-INV). */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')
