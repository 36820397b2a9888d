import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { clients, envFile, keyVariable } from './snippets.ts'

const inputs = { gateway: 'https://gw.example.com', key: 'sk-gw-secret', model: 'gpt-4o-mini' }

/** What a shell would hand to curl. */
const argumentsOf = (script: string, variables: Record<string, string> = {}): string[] =>
  execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${script}`], {
    env: { NODE_ENV: 'test', ...variables },
    encoding: 'utf8',
  })
    .split('\0')
    .slice(0, -1)

const curl = clients.find((client) => client.id === 'curl')

describe('snippets', () => {
  it.each(clients)('for $label name the base URL that it wants, the key and the model', ({ id, snippet }) => {
    const text = snippet(inputs)
    // Anthropic's programs add the /v1 themselves.
    const isAnthropics = id === 'anthropic-js' || id === 'claude-code'
    expect(text.match(/https:\/\/gw\.example\.com(\/v1)?/g)).toEqual([
      isAnthropics ? 'https://gw.example.com' : 'https://gw.example.com/v1',
    ])
    expect(text).not.toContain('/v1/v1')
    expect(text).toContain('sk-gw-secret')
    expect(text).toContain('"gpt-4o-mini"')
  })

  it.each(clients)('for $label read the key from GATEWAY_KEY where none is at hand', ({ snippet }) => {
    const text = snippet({ ...inputs, key: keyVariable })
    expect(text).toMatch(/\$GATEWAY_KEY|process\.env\.GATEWAY_KEY|os\.environ\["GATEWAY_KEY"\]|"GATEWAY_KEY"/)
    expect(text).not.toContain('sk-gw-')
  })

  it('reach curl unchanged by the shell, whatever a model is called', () => {
    const model = `o'hara "x" $HOME \`id\` \\n`
    const given = argumentsOf(curl?.snippet({ ...inputs, model }) ?? '')
    expect(given.slice(0, 3)).toEqual([
      'https://gw.example.com/v1/chat/completions',
      '-H',
      'Authorization: Bearer sk-gw-secret',
    ])
    expect(JSON.parse(given.at(-1) ?? '')).toEqual({ model, messages: [{ role: 'user', content: 'Say hi' }] })
    const fromVariable = argumentsOf(curl?.snippet({ ...inputs, key: keyVariable }) ?? '', { GATEWAY_KEY: 'sk-gw-v' })
    expect(fromVariable).toContain('Authorization: Bearer sk-gw-v')
  })

  it('come with a .env file that clients of OpenAI read', () => {
    expect(envFile(inputs)).toBe('OPENAI_BASE_URL=https://gw.example.com/v1\nOPENAI_API_KEY=sk-gw-secret\n')
  })
})
