import { describe, expect, it } from 'vitest'
import { listQuestion, withoutSecret } from './filters.ts'

const secret = `sk-gw-AAAAAAAA${'b'.repeat(43)}cccccc`

describe('searching for a pasted key', () => {
  it('asks only for its public id, so that no address and no log holds the key', () => {
    expect(withoutSecret(secret)).toBe('sk-gw-AAAAAAAA')
    expect(withoutSecret(`OPENAI_API_KEY=${secret} # ci`)).toBe('OPENAI_API_KEY=sk-gw-AAAAAAAA # ci')
    const question = listQuestion('acme', { q: ` ${secret}`, status: null, team: null }, null)
    expect(question.search).toBe('sk-gw-AAAAAAAA')
  })

  it('leaves other text as it is', () => {
    expect(withoutSecret('sk-gw-1a2b')).toBe('sk-gw-1a2b')
    expect(withoutSecret('nightly batch')).toBe('nightly batch')
  })
})
