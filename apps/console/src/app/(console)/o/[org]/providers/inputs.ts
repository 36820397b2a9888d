import { providerId } from '@tollkeeper/domain/id'
import { providerKinds } from '@tollkeeper/domain/policy'
import { z } from 'zod'
import { emptyOr } from '#empty-or.ts'

/** A provider's address: http(s), without user, query or fragment. */
const baseUrl = z
  .string()
  .trim()
  .max(500, 'Use at most 500 characters')
  .superRefine((text, context) => {
    const problem = addressProblem(text)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
  })

/** Link-local addresses, where clouds keep the secrets of their machines: no provider is there. */
const linkLocal = /^(169\.254\.|\[?fe[89ab][0-9a-f]:|\[?::ffff:(169\.254\.|a9fe:))/i
const metadataNames = new Set(['metadata.google.internal', 'metadata', 'instance-data'])

function addressProblem(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url) return 'Enter an address such as https://api.example.com/v1'
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'Begin with https:// or http://'
  if (url.username !== '' || url.password !== '') return 'Leave user and password out; enter the key below'
  if (url.hash !== '' || url.search !== '') return 'Leave out what begins with ? or #'
  if (linkLocal.test(url.hostname) || metadataNames.has(url.hostname.toLowerCase())) {
    return 'This address is reserved for machines themselves'
  }
  return undefined
}

const credential = z
  .string()
  .trim()
  .max(4_000, 'Use at most 4,000 characters')
  .regex(/^[\x21-\x7e]*$/, 'A key has no spaces or special characters')

/** The form "Add provider", as typed. What a kind does not need may be empty. */
export const addInput = z
  .object({
    kind: z.enum(providerKinds),
    name: z.string().trim().min(1, 'Enter a name').max(64, 'Use at most 64 characters'),
    /** Only asked for where the kind has no address of its own. */
    baseUrl: z.string().trim(),
    credential,
  })
  .superRefine(({ kind, baseUrl: address, credential: key }, context) => {
    if (asksAddress(kind)) {
      const checked = baseUrl.safeParse(address)
      if (!checked.success) {
        context.addIssue({ code: 'custom', path: ['baseUrl'], message: checked.error.issues[0]?.message ?? '' })
      }
    }
    if (needsCredential(kind) && key === '') {
      context.addIssue({ code: 'custom', path: ['credential'], message: 'Paste the API key of this provider' })
    }
  })

export const asksAddress = (kind: string): boolean => kind === 'openai-compatible' || kind === 'ollama'
export const needsCredential = (kind: string): boolean => ['openai', 'anthropic', 'deepseek'].includes(kind)
export const takesCredential = (kind: string): boolean => kind !== 'simulator' && kind !== 'ollama'

export const oneInput = z.object({ id: providerId })
export const credentialInput = z.object({ credential: credential.min(1, 'Paste the API key of this provider') })
export const enabledInput = oneInput.extend({ enabled: z.boolean() })
export const modelInput = oneInput.extend({ model: z.string().min(1).max(256), enabled: z.boolean() })

const perMillion = /^(\d{1,6})(?:\.(\d{1,6}))?$/

/** USD per million tokens as typed, exactly: that is pico-USD per token times 10⁶. */
const priceText = z
  .string()
  .trim()
  .transform((text, context) => {
    const match = perMillion.exec(text)
    if (match) return BigInt(match[1] ?? '0') * 1_000_000n + BigInt((match[2] ?? '').padEnd(6, '0'))
    context.addIssue({ code: 'custom', message: 'Enter USD per million tokens such as 0.15, with at most 6 decimals' })
    return z.NEVER
  })

/** The form "Add price", as typed; gives pico-USD per token. */
export const priceInput = z.object({
  input: priceText,
  cachedInput: emptyOr(priceText),
  output: priceText,
  reason: z.string().trim().max(200, 'Use at most 200 characters'),
})
