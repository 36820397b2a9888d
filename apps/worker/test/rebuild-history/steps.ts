import fc from 'fast-check'

/** One step of a history: what the proxy of an organisation does, or what becomes of its store. */
export type Step =
  | { do: 'hold'; attempt: number; person: number; amount: number }
  | { do: 'settle'; attempt: number; percent: number }
  | { do: 'draw'; slice: number; amount: number }
  | { do: 'release' | 'surrender'; attempt: number }
  /** What is on the stream reaches the ledger. */
  | { do: 'drain' }
  /** A copy is made that may be put back later. */
  | { do: 'copy' }
  | {
      do: 'rebuild'
      /** What the store has lost: nothing, one counter, all since the copy, or all. */
      lost: 'nothing' | 'counter' | 'since-copy' | 'all'
      /** The proxy lives and tells of its open holds. */
      told: boolean
      /** An attempt that ends while the shard is closed: before its counters are made anew, or after. */
      ends: { attempt: number; when: 'before' | 'after' } | null
      /** What a worker had read from the stream before is in the ledger only after the counters were made anew. */
      late: boolean
    }

const attempts = 8
export const people = 2

const attempt = fc.nat(attempts - 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('hold'),
      attempt,
      person: fc.nat(people - 1),
      amount: fc.nat(1_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('settle'), attempt, percent: fc.nat(130) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('draw'), slice: attempt, amount: fc.nat(600) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('release', 'surrender'), attempt }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('drain', 'copy') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('rebuild'),
      lost: fc.constantFrom('nothing', 'counter', 'since-copy', 'all'),
      told: fc.constantFrom(true, true, false),
      ends: fc.option(fc.record({ attempt, when: fc.constantFrom('before', 'after') })),
      late: fc.boolean(),
    }),
  },
)

export const history: fc.Arbitrary<Step[]> = fc.array(step, { minLength: 20, maxLength: 60, size: 'max' })
