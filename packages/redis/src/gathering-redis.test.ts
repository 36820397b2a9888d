import { disposableRedis, sharedRedis } from '@tollkeeper/testbed/redis'
import type { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { connectRedis, redisReady } from './connection.ts'

async function aConnection(options: { commandTimeoutMs?: number } = {}): Promise<Redis> {
  const { url, stop } = await sharedRedis()
  const redis = connectRedis(url, options)
  onTestFinished(async () => {
    redis.disconnect()
    await stop()
  })
  await redisReady(redis)
  return redis
}

it('keeps 100 calls of one turn back until the turn is over, and then answers each of them in order', async () => {
  const redis = await aConnection()
  const calls = Array.from({ length: 100 }, () => redis.incr('n'))
  // `*2\r\n$4\r\nincr\r\n$1\r\nn\r\n`
  expect(redis.stream.writableLength).toBe(100 * 21)
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
  expect(redis.stream.writableLength).toBe(0)
})

it('sends short, long and binary calls, transactions and wrong ones of one turn in the order they were made', async () => {
  const redis = await aConnection()
  const long = 'ü€'.repeat(200_000)
  const bytes = Buffer.from([0, 255, 13, 10, 128])
  const replies = await Promise.allSettled([
    redis.set('text', long),
    redis.incr('text'),
    redis.set('bytes', bytes),
    redis.multi().incr('n').incr('n').exec(),
    redis.incr('n'),
    redis.getBuffer('bytes'),
    redis.get('text'),
  ])
  expect(replies.map((reply) => (reply.status === 'fulfilled' ? reply.value : reply.reason.name))).toEqual([
    'OK',
    'ReplyError',
    'OK',
    [
      [null, 1],
      [null, 2],
    ],
    3,
    bytes,
    long,
  ])
})

it('answers calls that follow from answers, turn after turn', async () => {
  const redis = await aConnection()
  const walk = async () => {
    for (let i = 0; i < 50; i += 1) await redis.incr('n')
  }
  await Promise.all(Array.from({ length: 20 }, walk))
  expect(await redis.get('n')).toBe('1000')
})

it('fails every call of a turn that is not answered in time, and does not take its late answer for that of the next', async () => {
  const server = await disposableRedis()
  const [redis, control] = [connectRedis(server.url, { commandTimeoutMs: 500 }), connectRedis(server.url)]
  onTestFinished(async () => {
    redis.disconnect()
    control.disconnect()
    await server.stop()
  })
  await Promise.all([redisReady(redis), redisReady(control)])
  await control.call('CLIENT', 'PAUSE', '60000', 'WRITE')
  const late = await Promise.allSettled([redis.incr('n'), redis.incr('n')])
  await control.call('CLIENT', 'UNPAUSE')
  expect(late.map((call) => call.status === 'rejected' && call.reason.message)).toEqual([
    'Command timed out',
    'Command timed out',
  ])
  expect(await redis.incr('n')).toBe(3)
})

it('never sends what was called in the turn in which its connection broke, and goes on with the next connection', async () => {
  const redis = await aConnection()
  const lost = [redis.incr('n'), redis.incr('n')]
  redis.stream.destroy()
  expect((await Promise.allSettled(lost)).map((call) => call.status)).toEqual(['rejected', 'rejected'])
  await redisReady(redis)
  expect(await Promise.all([redis.incr('n'), redis.incr('n')])).toEqual([1, 2])
})

it('still sends what was called in the turn in which it is closed', async () => {
  const redis = await aConnection()
  const other = redis.duplicate()
  onTestFinished(() => other.disconnect())
  await redisReady(other)
  const last = redis.incr('n')
  const closed = redis.quit()
  expect(await Promise.all([last, closed])).toEqual([1, 'OK'])
  expect(await other.get('n')).toBe('1')
})
