import { createHmac } from 'node:crypto'

/**
 * Reasoning that the caller carries for us: readable only with the key it was made for, as at OpenAI, where it is bound
 * to the organisation. Not secret here, only bound.
 */
export function sealReasoning(text: string, key: string | null): string {
  const payload = Buffer.from(text).toString('base64url')
  return `sim.${payload}.${markOf(payload, key)}`
}

/** Whether this was made for that key. */
export function isSealedFor(sealed: string, key: string | null): boolean {
  const [, payload = '', mark] = sealed.split('.')
  return mark === markOf(payload, key)
}

/** The text of it, for counting. */
export const sealedText = (sealed: string): string => Buffer.from(sealed.split('.')[1] ?? '', 'base64url').toString()

const markOf = (payload: string, key: string | null): string =>
  createHmac('sha256', `simulated reasoning\n${key ?? ''}`)
    .update(payload)
    .digest('base64url')
    .slice(0, 22)
