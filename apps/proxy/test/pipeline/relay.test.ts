import { describe, expect, it } from 'vitest'
import { Relay, type ClientStream, type StreamEnd } from '../../src/pipeline/answer/relay.ts'
import { makeRelays } from '../../src/pipeline/answer/relays.ts'
import type { StreamListener, UpstreamStream } from '@tollkeeper/providers'
import { openAiChat } from '@tollkeeper/wire/openai-chat'

/** A relay between a provider and a client that the test plays, with a clock that the test sets. */
function between(options: { wantsUsage?: boolean; drainLimit?: number } = {}) {
  let now = 0
  let provider: StreamListener | undefined
  const upstream: string[] = []
  const client: string[] = []
  const ends: StreamEnd[] = []
  const limits = { keepAliveMs: 10_000, stalledMs: 60_000 }
  const monotonic = () => now
  const relays = makeRelays({ ...limits, monotonic, drainLimit: options.drainLimit ?? 10 })
  relays.close()
  const stream: UpstreamStream = {
    listen: (listener) => void (provider = listener),
    pause: () => void upstream.push('paused'),
    resume: () => void upstream.push('resumed'),
    abort: () => void upstream.push('aborted'),
  }
  let drained: (() => void) | undefined
  const state = { reads: true }
  const clientStream: ClientStream = {
    write(bytes) {
      client.push(bytes.toString())
      return state.reads
    },
    onDrain: (listener) => void (drained = listener),
    end: (last) => void client.push(`${last.toString()}[end]`),
    cut() {
      client.push('[cut]')
      relay.clientLeft()
    },
  }
  const relay = new Relay(stream, {
    codec: openAiChat.passOn({
      wantsUsage: options.wantsUsage ?? false,
      inputTokens: 1,
      atMs: 0,
      costUsd: () => '0.000000005',
    }),
    provider: 'Test',
    relays,
    monotonic,
    settle: async (end) => {
      ends.push(end)
      return { amount: 5n, tokens: {}, left: null, scope: null }
    },
    deadlineAt: 3_600_000,
    onProgress: () => {},
    onFirstByte: () => {},
    onDefect: (error) => {
      throw error
    },
    chargedOf: () => ({ tokens: {}, costUsd: '0.000000005' }),
  })
  relay.start(clientStream)
  return {
    client,
    upstream,
    ends,
    relay,
    state,
    says: (text: string) => provider?.data(Buffer.from(text)),
    providerEnds: () => provider?.end(),
    drain: () => drained?.(),
    at: (ms: number) => {
      now = ms
      relay.tick(now, limits)
    },
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

const usage = 'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n'

describe('a relay', () => {
  it('sends a comment after ten silent seconds, between events only', () => {
    const { says, at, client } = between()
    says('data: 1\n\ndata: {"ha')
    at(9_999)
    at(10_000)
    says('lf"}\n\n')
    expect(client).toEqual(['data: 1\n\n', ': keepalive\n\n', 'data: {"half"}\n\n'])
  })

  it('pauses the provider while the client does not read, cuts the client after a minute, and drains', async () => {
    const { says, at, client, upstream, ends, state, settled } = between()
    state.reads = false
    says('data: 1\n\n')
    at(60_000)
    expect(upstream).toEqual(['paused'])
    at(60_001)
    expect(client.at(-1)).toBe('[cut]')
    expect(upstream).toEqual(['paused', 'resumed'])
    says(`${usage}data: [DONE]\n\n`)
    await settled()
    expect(ends).toMatchObject([{ failure: null, clientLeft: true, report: { kind: 'usage' } }])
    expect(client).toEqual(['data: 1\n\n', '[cut]'])
  })

  it('goes on when the client reads again', () => {
    const { says, drain, upstream, state } = between()
    state.reads = false
    says('data: 1\n\n')
    says('data: 2\n\n')
    drain()
    expect(upstream).toEqual(['paused', 'resumed'])
  })

  it('takes a usage report without [DONE] for a complete stream, and nothing less', async () => {
    const complete = between()
    complete.says(`data: 1\n\n${usage}`)
    complete.providerEnds()
    await complete.settled()
    expect(complete.ends).toMatchObject([{ failure: null }])
    expect(complete.client.at(-1)).toContain('data: [DONE]')

    const cut = between()
    cut.says('data: 1\n\n')
    cut.providerEnds()
    await cut.settled()
    expect(cut.ends).toMatchObject([{ failure: { code: 'upstream_broke' } }])
    expect(cut.client.at(-1)).toContain('"upstream_unavailable"')
  })

  it('replaces an error of the provider by ours', async () => {
    const { says, client, upstream, settled } = between()
    says('data: 1\n\ndata: {"error":{"message":"their secret words"}}\n\ndata: 2\n\n')
    await settled()
    expect(upstream).toEqual(['aborted'])
    expect(client.join('')).not.toContain('secret')
    expect(client.join('')).not.toContain('data: 2')
    expect(client.at(-1)).toMatch(/^data: \{"error":\{"message":"The answer of the provider "?\\?"Test/)
  })

  it('ends a stream whose event is larger than a megabyte, and one that never ends', async () => {
    const large = between()
    for (let turn = 0; turn < 20; turn += 1) large.says('x'.repeat(65_536))
    await large.settled()
    expect(large.ends).toMatchObject([{ failure: { code: 'upstream_broke' } }])

    const endless = between()
    endless.says('data: 1\n\n')
    endless.at(3_600_001)
    await endless.settled()
    expect(endless.upstream).toContain('aborted')
    expect(endless.ends).toMatchObject([{ failure: { code: 'upstream_timeout' } }])
  })

  it('ignores what comes after the end', async () => {
    const { says, client, ends, settled } = between()
    says(`data: 1\n\n${usage}data: [DONE]\n\ndata: more\n\n`)
    says('data: even more\n\n')
    await settled()
    expect(client.join('')).not.toContain('more')
    expect(ends).toHaveLength(1)
  })
})
