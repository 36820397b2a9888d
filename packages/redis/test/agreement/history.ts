import fc from 'fast-check'

/** One step of a random history. Numbers are indexes into the world of `twin.ts` or multiples of its unit of money. */
export type Step =
  | {
      do: 'hold'
      org: number
      attempt: number
      team: number
      person: number
      /** Units of money. */
      amount: number
      tokens: number
      /** The lease is over at once. */
      expired: boolean
      /** What is wrong with it, if anything. */
      fault: 'none' | 'old-limits' | 'other-epoch' | 'past-window' | 'past-raise' | 'early-raise'
    }
  | { do: 'settle'; org: number; attempt: number; cost: 'nothing' | 'less' | 'same' | 'more'; tokens: number }
  | {
      do: 'draw'
      org: number
      /** The hold that pays. */
      slice: number
      attempt: number
      team: number
      person: number
      cost: 'nothing' | 'less' | 'same' | 'more'
    }
  | { do: 'shrink'; org: number; attempt: number; tenths: number }
  | { do: 'release'; org: number; attempt: number }
  | { do: 'renew'; org: number; attempts: number[] }
  | { do: 'sweep'; org: number }
  | { do: 'surrender'; org: number; attempt: number }
  | { do: 'record-lost'; org: number; attempt: number; team: number; person: number; kind: 'final' | 'provisional' }
  | {
      do: 'adjust'
      org: number
      attempt: number
      rerating: number
      /** Sixths of a unit of money, signed. */
      sixths: number
      open: boolean
      fault: 'none' | 'other-epoch'
    }
  | { do: 'lose'; org: number; counter: number }
  /** `units` null: the budget becomes soft. */
  | { do: 'set-limit'; org: number; budget: number; units: number | null }

export type History = {
  /** nano-USD per unit. */
  unit: bigint
  withTokenLimits: boolean
  /** Each step is followed by the same step again where this says so. */
  steps: readonly { step: Step; twice: boolean }[]
}

export const orgs = 2
export const attempts = 9
/** Attempts that only slices pay for. */
export const spent = 12
export const teams = 2
export const people = 3
/** Root, teams, one per person in each team, one per person. */
const budgets = 1 + teams + teams + people

/** Mostly the first, so that its budgets run dry. */
const org = fc.constantFrom(0, 0, 0, 1)
const attempt = fc.nat(attempts - 1)

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('hold'),
      org,
      attempt,
      team: fc.nat(teams - 1),
      person: fc.nat(people - 1),
      amount: fc.nat(8),
      tokens: fc.nat(60),
      expired: fc.constantFrom(true, false, false),
      fault: fc.oneof(
        { weight: 9, arbitrary: fc.constant('none') },
        {
          weight: 2,
          arbitrary: fc.constantFrom('old-limits', 'other-epoch', 'past-window', 'past-raise', 'early-raise'),
        },
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('settle'),
      org,
      attempt,
      cost: fc.constantFrom('nothing', 'less', 'same', 'more'),
      tokens: fc.nat(40),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('draw'),
      org,
      slice: attempt,
      attempt: fc.nat(attempts + spent - 1),
      team: fc.nat(teams - 1),
      person: fc.nat(people - 1),
      cost: fc.constantFrom('nothing', 'less', 'less', 'same', 'more'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('shrink'), org, attempt, tenths: fc.nat(11) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release'), org, attempt }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('renew'),
      org,
      attempts: fc.array(attempt, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sweep'), org }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('surrender'), org, attempt }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('record-lost'),
      org,
      attempt,
      team: fc.nat(teams - 1),
      person: fc.nat(people - 1),
      kind: fc.constantFrom('final', 'provisional'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('adjust'),
      org,
      attempt: fc.nat(attempts + spent - 1),
      rerating: fc.nat(2),
      sixths: fc.integer({ min: -12, max: 12 }).filter((sixths) => sixths !== 0),
      open: fc.boolean(),
      fault: fc.constantFrom('none', 'none', 'none', 'none', 'other-epoch'),
    }),
  },
  // Rarely: what was lost is not put back, and nothing is held on it any more.
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose'), org: fc.constant(1), counter: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('set-limit'),
      org,
      budget: fc.nat(budgets - 1),
      units: fc.option(fc.nat(30), { freq: 6 }),
    }),
  },
)

export const history: fc.Arbitrary<History> = fc.record({
  // The last takes amounts to 15 digits and sums beyond 14, where Lua's own formatting would lose digits.
  unit: fc.constantFrom(1n, 1_000_007n, 111_111_111_111_111n),
  withTokenLimits: fc.boolean(),
  steps: fc.array(fc.record({ step, twice: fc.boolean() }), {
    minLength: 20,
    maxLength: 45,
    size: 'max',
  }),
})
