import { isIP } from 'node:net'
import { describe, expect, it } from 'vitest'
import { addressProblem, type Resolve } from './public-address.ts'

const names: Record<string, string[]> = {
  'api.example.com': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'half.example.com': ['93.184.215.14', '10.0.0.7'],
  'six.example.com': ['fd00::1'],
  'mapped.example.com': ['::ffff:127.0.0.1'],
  'metadata.example.com': ['169.254.169.254'],
  localhost: ['127.0.0.1', '::1'],
}
// Numbers resolve to themselves.
const resolve: Resolve = (host) =>
  isIP(host)
    ? Promise.resolve([{ address: host, family: isIP(host) }])
    : names[host]
      ? Promise.resolve(names[host].map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
      : Promise.reject(new Error('ENOTFOUND'))

const problem = (address: string, allowPrivate = false) => addressProblem(address, allowPrivate, resolve)

describe('the address of a provider', () => {
  it.each(['https://api.example.com/v1', 'https://api.example.com:8443', 'https://api.example.com:443/'])(
    'may be public: %s',
    async (address) => {
      expect(await problem(address)).toBeUndefined()
    },
  )

  it.each([
    ['http://api.example.com', 'https://'],
    ['https://api.example.com:6379', 'port'],
    ['https://127.0.0.1', 'a name'],
    ['https://0x7f.1', 'a name'],
    ['https://2130706433', 'a name'],
    ['https://[::1]', 'a name'],
    ['https://[::ffff:7f00:1]', 'a name'],
    ['https://localhost', 'private network'],
    ['https://half.example.com', 'private network'],
    ['https://six.example.com', 'private network'],
    ['https://mapped.example.com', 'private network'],
    ['https://metadata.example.com', 'private network'],
    ['https://nowhere.example.com', 'no server'],
  ])('may not be %s', async (address, because) => {
    expect(await problem(address)).toContain(because)
  })

  it('may be anything inside the own network where the installation says so', async () => {
    expect(await problem('http://127.0.0.1:11434/v1', true)).toBeUndefined()
    expect(await problem('http://ollama:11434/v1', true)).toBeUndefined()
    expect(await problem('http://metadata.example.com/v1', true)).toContain('private network')
    expect(await problem('http://169.254.169.254/v1', true)).toContain('private network')
  })
})
