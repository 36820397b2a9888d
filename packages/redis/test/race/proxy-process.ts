import { makeBudgets, type Hold, type HoldReply } from '../../src/budgets.ts'
import { connectRedis, redisReady } from '../../src/connection.ts'

/** What a test asks of a process: all holds at once. */
export type Asked = { holds: readonly Hold[] }
export type Answered = { replies: readonly HoldReply[] }

// A process of its own that holds money as a proxy does. Started by `racers.ts`, with the address of the Redis.
process.once('disconnect', () => process.exit())
const redis = connectRedis(process.argv[2] ?? '', { commandTimeoutMs: 20_000 })
await redisReady(redis)
const budgets = makeBudgets(redis, { leaseMs: 60_000 })
await budgets.epochs.refresh()
const answer = async ({ holds }: Asked): Promise<void> => {
  const replies = await Promise.all(holds.map((hold) => budgets.hold(hold)))
  process.send?.({ replies } satisfies Answered)
}
process.on('message', (asked: Asked) => void answer(asked))
process.send?.('ready')
