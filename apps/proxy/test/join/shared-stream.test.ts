import { describe, expect, it } from 'vitest'
import type { ClientStream } from '../../src/pipeline/answer/relay.ts'
import type { AnswerStream, Routed } from '../../src/pipeline/exchange.ts'
import { ReplayBuffer } from '../../src/pipeline/join/replay-buffer.ts'
import { SharedStream, type FollowerEnd } from '../../src/pipeline/join/shared-stream.ts'

/** A shared stream whose provider and clients the test plays. */
function playing(memory = { used: 0, most: 1_000_000_000 }) {
  const source = { result: undefined as AnswerStream['result'], isOver: false, started: 0, left: 0 }
  const state = { closed: 0, resumed: 0 }
  const shared = new SharedStream(
    {
      start: () => void (source.started += 1),
      clientLeft: () => void (source.left += 1),
      get result() {
        return source.result
      },
      get isOver() {
        return source.isOver
      },
    },
    {
      buffer: new ReplayBuffer(memory),
      errorFrame: ({ code }) => Buffer.from(`error:${code}`),
      onClosed: () => void (state.closed += 1),
    },
  )
  shared.onDrain(() => void (state.resumed += 1))
  const ends: FollowerEnd[] = []
  const follow = () => shared.follow({ routed: {} as Routed, ended: (end) => void ends.push(end) })
  const says = (text: string) => shared.write(Buffer.from(text))
  const finish = () => {
    source.isOver = true
    source.result = { bill: { amount: 7n, tokens: {}, left: null, scope: null }, failure: null }
    shared.end(Buffer.from('[last]'))
  }
  return { shared, source, state, ends, follow, says, finish, memory }
}

/** A client that reads, or does not. */
function aClient() {
  const got: string[] = []
  let drained: (() => void) | undefined
  const client = {
    reads: true,
    got,
    write(bytes: Buffer) {
      got.push(bytes.toString())
      return client.reads
    },
    onDrain: (listener: () => void) => void (drained = listener),
    end: (last: Buffer) => void got.push(last.toString(), '[end]'),
    cut: () => void got.push('[cut]'),
    drain() {
      client.reads = true
      drained?.()
    },
  }
  return client satisfies ClientStream
}

const megabyte = 'x'.repeat(1_048_576)

describe('a shared stream', () => {
  it('slows the provider down for the leader alone, as without followers', () => {
    const { shared, state, says } = playing()
    const leader = aClient()
    shared.leader.start(leader)
    leader.reads = false
    expect(says('one')).toBe(false)
    leader.drain()
    expect([state.resumed, leader.got]).toEqual([1, ['one']])
  })

  it('does not wait for a follower that does not read, cuts it with an error when it is far behind, and goes on', () => {
    const { shared, says, follow, ends, finish } = playing()
    const [leader, slow, quick] = [aClient(), aClient(), aClient()]
    shared.leader.start(leader)
    follow().start(slow)
    follow().start(quick)
    slow.reads = false
    expect([says('one'), says('two'), says(megabyte), says('three')]).toEqual([true, true, true, true])
    finish()
    expect(slow.got).toEqual(['one', 'error:client_too_slow', '[end]'])
    expect(quick.got).toEqual(['one', 'two', megabyte, 'three', '[last]', '[end]'])
    expect(leader.got).toEqual(quick.got)
    expect(ends.map(({ status, failure, bill }) => [status, failure?.code, bill?.amount])).toEqual([
      [200, 'client_too_slow', undefined],
      [200, undefined, 7n],
    ])
  })

  it('lets a slow leader fall behind while a follower reads, and waits for it only when it is far behind', () => {
    const { shared, says, follow, state } = playing()
    const [leader, quick] = [aClient(), aClient()]
    shared.leader.start(leader)
    follow().start(quick)
    leader.reads = false
    expect([says('one'), says('two')]).toEqual([true, true])
    expect(says(megabyte)).toBe(false)
    expect(leader.got).toEqual(['one'])
    leader.drain()
    expect(leader.got).toEqual(['one', 'two', megabyte])
    expect(state.resumed).toBe(1)
  })

  it('gives all that was said to whoever comes late, also after the end', () => {
    const { shared, says, follow, finish } = playing()
    const [leader, late, later] = [aClient(), aClient(), aClient()]
    shared.leader.start(leader)
    says('one')
    const views = [follow(), follow()]
    views[0]?.start(late)
    says('two')
    finish()
    views[1]?.start(later)
    expect([late.got, later.got]).toEqual([
      ['one', 'two', '[last]', '[end]'],
      ['one', 'two', '[last]', '[end]'],
    ])
  })

  it('lets nobody join any more when it has become too long, or all streams together have, and gives memory back', () => {
    const long = playing()
    long.shared.leader.start(aClient())
    long.says(megabyte)
    expect(long.state.closed).toBe(0)
    long.says('x')
    expect([long.state.closed, long.memory.used]).toEqual([1, 0])

    const memory = { used: 0, most: 10 }
    const [one, other] = [playing(memory), playing(memory)]
    for (const each of [one, other]) each.shared.leader.start(aClient())
    one.says('12345678')
    other.says('123')
    expect([one.state.closed, other.state.closed, memory.used]).toEqual([0, 1, 8])
    one.finish()
    expect([one.state.closed, memory.used]).toEqual([1, 0])
  })

  it('tells the provider that its client left when nobody listens any more, and not before', () => {
    const { shared, source, follow, state } = playing()
    const { leader } = shared
    const follower = follow()
    leader.start(undefined)
    follower.start(aClient())
    expect([source.started, source.left]).toEqual([1, 0])
    follower.clientLeft()
    follower.clientLeft()
    expect([source.left, state.closed]).toEqual([1, 1])
  })

  it('cuts only those who do not read, but all when nobody knows how it ended', () => {
    const { shared, source, says, follow } = playing()
    const [leader, stuck] = [aClient(), aClient()]
    shared.leader.start(leader)
    follow().start(stuck)
    stuck.reads = false
    says('one')
    shared.cut()
    expect([leader.got, stuck.got]).toEqual([['one'], ['one', '[cut]']])
    source.isOver = true
    shared.cut()
    expect(leader.got).toEqual(['one', '[cut]'])
  })
})
