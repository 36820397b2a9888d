import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OrgPolicy } from '@tollkeeper/domain/policy'
import { parseUsd, usdText, type Price } from '@tollkeeper/domain/price'
import { beginReplay, logged, type LogRow, type Replayed } from '@tollkeeper/domain/replay'
import type { AttemptEvent, RequestEvent } from '@tollkeeper/domain/usage'
import { aBudget, aKey, aPolicy, type BuiltKey } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { ask, says, type Asked } from '../world/ask.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

const team = { kind: 'team', id: 'team_ds', name: 'Data Science' } as const
const lea = { kind: 'user', id: 'mem_lea', name: 'Lea' } as const

/** An organisation with one team of two people, and keys of both. */
async function company(budgets: OrgPolicy['budgets']) {
  const policy = aPolicy(world.simulator.url, { budgets, timeZone: 'Europe/Helsinki' })
  const keyOf = (userId: string) => aKey(policy, { scopes: { teamId: team.id as never, userId: userId as never } })
  const keys = { lea: keyOf(lea.id), ann: keyOf('mem_ann') }
  await world.publish(policy, keys.lea, keys.ann)
  return { policy, keys }
}

/** What the clients of the log do: one request, or several of which the first is still running while the others come. */
type Asks = { by: 'lea' | 'ann'; body: object }
type Act = { slow: Asks; meanwhile: readonly Asks[] } | { one: Asks }

/** Far longer than what happens meanwhile takes, so that the order of holds and settlements is the same every time. */
const slowMs = 2_500

const asks = (by: 'lea' | 'ann', text: string, more: object = {}): Asks => ({ by, body: says(text, more) })

/** Answers of many lengths, caps of many sizes, whole and streamed, two models. Lengths are stated, so that they repeat. */
const log: readonly Act[] = [
  ...Array.from({ length: 24 }, (_, i): Act => {
    const by = i % 3 === 0 ? 'lea' : 'ann'
    const output = 40 + ((i * 137) % 400)
    const more = { ...(i % 4 === 1 && { max_tokens: 300 + i }), ...(i % 5 === 2 && { stream: true }) }
    const model = i % 7 === 6 ? { model: 'gpt-4o' } : {}
    return { one: asks(by, `Question ${'x '.repeat(i * 3)}[[sim:tokens=${output}]]`, { ...more, ...model }) }
  }),
  {
    slow: asks('ann', `[[sim:slow=${slowMs}]] [[sim:tokens=20]]`, { max_tokens: 400 }),
    meanwhile: [
      asks('lea', 'Meanwhile [[sim:tokens=30]]', { max_tokens: 300 }),
      asks('ann', 'Meanwhile [[sim:tokens=30]]', { max_tokens: 300 }),
    ],
  },
  { one: asks('lea', 'After [[sim:tokens=30]]', { max_tokens: 100 }) },
  { one: asks('ann', 'After [[sim:tokens=30]]', { max_tokens: 100 }) },
]

/** Runs the log. Gives the answers in the order of the requests. */
async function run(keys: { lea: BuiltKey; ann: BuiltKey }): Promise<Asked[]> {
  const send = ({ by, body }: Asks) => ask(world.url, keys[by], body)
  const answers: Asked[] = []
  for (const act of log) {
    if ('one' in act) {
      answers.push(await send(act.one))
      continue
    }
    let over = false
    const slow = send(act.slow).finally(() => (over = true))
    await until(async () => over || (await openHolds()) === 1, { within: slowMs, what: 'the slow request to be held' })
    const meanwhile: Asked[] = []
    for (const each of act.meanwhile) meanwhile.push(await send(each))
    answers.push(await slow, ...meanwhile)
  }
  return answers
}

async function openHolds(): Promise<number> {
  const text = await (await fetch(`${world.url}/metrics`)).text()
  return Number(/^gateway_open_holds (\d+)$/m.exec(text)?.[1])
}

type Recorded = { attempts: AttemptEvent[]; requests: RequestEvent[] }

const recorded = (policy: OrgPolicy, count: number): Promise<Recorded> =>
  until(
    async () => {
      const usage = await world.usage(policy)
      return usage.requests.length >= count ? usage : undefined
    },
    { within: 5_000, what: `${count} rows of requests` },
  )

/** The rows of the log as the ledger keeps them, in the order of their holds. */
function rowsOf({ attempts, requests }: Recorded): LogRow[] {
  const chargeOf = new Map(attempts.map((event) => [event.meta.requestId, event]))
  return requests
    .map((request): LogRow => {
      const charge = chargeOf.get(request.requestId)
      if (!charge) throw new Error(`${request.requestId} was not charged`)
      const hold = request.timeline.find(({ step }) => step === 'hold')
      if (!hold) throw new Error(`${request.requestId} was not held`)
      return {
        attemptId: charge.attemptId,
        requestId: request.requestId,
        scopes: request.scopes,
        heldAt: request.atMs + hold.ms,
        ask: request.ask ?? null,
        hold: charge.hold,
        charge: {
          endedAt: request.atMs + request.totalMs,
          cost: charge.amount,
          tokens: charge.result.tokens,
          source: charge.result.usageSource,
          priceVersion: charge.meta.priceVersion,
        },
      }
    })
    .toSorted((a, b) => a.heldAt - b.heldAt)
}

/** What if these had been the limits? By request id. */
function whatIf(policy: OrgPolicy, rows: readonly LogRow[], budgets: OrgPolicy['budgets']): Map<string, Replayed> {
  const prices = new Map(policy.models.flatMap(({ price }) => (price ? [[price.version, price] as const] : [])))
  const priceOf = (version: string): Price | undefined => prices.get(version)
  const replay = beginReplay({
    zone: policy.timeZone,
    budgetsByScope: Map.groupBy(budgets, ({ scope }) => `${scope.kind}:${scope.id}`),
    openingOf: () => 0n,
  })
  return new Map(rows.map((row) => [row.requestId as string, replay.next(logged(row, priceOf))]))
}

const idOf = (answer: Asked): string => answer.headers.get('x-request-id') ?? ''

/** What became of a request, in one word each. */
const told = (answer: Asked): string => {
  if (answer.status !== 200) return `${answer.status} ${String(answer.body.error.gateway['reason'])}`
  return `ok, clamped to ${answer.headers.get('x-gateway-max-tokens-clamped') ?? 'nothing'}`
}
const foretold = (fate: Replayed | undefined): string => {
  if (fate?.kind === 'refused') return fate.reason === 'held' ? '429 budget_held' : '402 budget_exceeded'
  return `ok, clamped to ${fate?.clampedTo ?? 'nothing'}`
}

describe('what if', () => {
  it.each([
    { title: 'a limit for the team', budgets: () => [aBudget(team, '0.003', { period: 'all' })] },
    { title: 'a limit for one person', budgets: () => [aBudget(lea, '0.0011', { period: 'all' })] },
    {
      title: 'limits for the team, for each person in it, and one that warns',
      budgets: () => [
        aBudget(team, '0.0045', { period: 'all' }),
        aBudget(team, '0.0025', { period: 'all', sharing: 'each' }),
        aBudget(lea, '0.0001', { period: 'all', mode: 'soft' }),
      ],
    },
  ])('foretells the very requests that are refused under $title', { timeout: 60_000 }, async ({ budgets }) => {
    const before = await company([])
    const answers = await run(before.keys)
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const rows = rowsOf(await recorded(before.policy, answers.length))
    const limits = budgets()
    const fates = whatIf(before.policy, rows, limits)

    const after = await company(limits)
    const replayed = await run(after.keys)
    const foreseen = answers.map((answer) => foretold(fates.get(idOf(answer))))
    expect(replayed.map(told)).toEqual(foreseen)
    expect(new Set(foreseen).size).toBeGreaterThan(2)
    expect(foreseen.some((fate) => fate.startsWith('402'))).toBe(true)

    const { attempts } = await until(
      async () => {
        const usage = await world.usage(after.policy)
        return usage.attempts.length >= foreseen.filter((fate) => fate.startsWith('ok')).length ? usage : undefined
      },
      { within: 5_000, what: 'everything to be settled' },
    )
    const spent = [...fates.values()].reduce((sum, fate) => sum + (fate.kind === 'admitted' ? fate.cost : 0n), 0n)
    expect(usdText(attempts.reduce((sum, { amount }) => sum + amount, 0n))).toBe(usdText(spent))
    expect(spent < (parseUsd('0.02') ?? 0n)).toBe(true)
  })
})
