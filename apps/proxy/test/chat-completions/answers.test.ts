import { afterAll, beforeAll, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { ask, says } from '../world/ask.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

it('passes the answer on and charges exactly what the provider bills', async () => {
  const policy = aPolicy(world.simulator.url)
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5')
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)

  const answer = await ask(world.url, key, says('Hello world [[sim:say=Good morning]]'))

  expect(answer.status).toBe(200)
  expect(answer.body.choices[0].message.content).toBe('Good morning')
  const [call] = await world.simulator.calls()
  const { prompt_tokens: input, completion_tokens: output } = answer.body.usage
  const nano = BigInt(input) * 150n + BigInt(output) * 600n
  expect(call).toMatchObject({ promptTokens: input, completionTokens: output, billedNano: String(nano) })
  expect((await world.balances(policy))[budget.id]).toMatchObject({ used: nano, held: 0n })
  const { attempts, requests } = await untilAttempts(world, policy, 1)
  expect(attempts).toMatchObject([
    { kind: 'final', amount: nano, result: { outcome: 'answered', usageSource: 'reported', status: 200 } },
  ])
  expect(requests).toMatchObject([{ status: 200, failure: null, attempts: 1, modelUsed: 'gpt-4o-mini', count: 1 }])
  expect(call?.receivedRequestId).toBe(attempts[0]?.attemptId)
})
