import type { BreakerStanding } from '@tollkeeper/domain/breaker'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Told } from '../pipeline/record.ts'

/** What is measured while it runs, read when somebody asks for the metrics. */
export type Gauges = {
  openHolds: () => number
  pendingSettlements: () => number
  pendingReleases: () => number
  runningStreams: () => number
  droppedRows: () => number
  journalSegments: () => number
  journalOk: () => boolean
  lostAttempts: () => number
  crowdedLimits: () => number
  storeMemory: () => number
  storeClosed: () => boolean
  slices: () => number
  /** Circuit breakers that have ever opened. */
  breakers: () => readonly { id: { providerId: string }; standing: BreakerStanding }[]
}

export type Metrics = {
  request: (told: Told) => void
  /** A request that did not walk through the rooms. */
  plain: (told: { route: string; status: number; failure: string | null }) => void
  held: (reply: { kind: string }) => void
  settled: (kind: string, overage: boolean) => void
  /** A request that was answered, or let through, without the store. */
  withoutStore: (what: 'slice' | 'unchecked') => void
  text: () => Promise<string>
  readonly contentType: string
}

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

const standingNumbers = { closed: 0, 'half-open': 1, open: 2 } as const

/** Prometheus metrics. Labels are statuses, codes and yes or no, never names or ids that a caller chose. */
export function makeMetrics(gauges: Gauges): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'gateway_' })

  const requests = new Counter({
    name: 'gateway_requests_total',
    help: 'Requests by route, status, whether the model is known, and streaming.',
    labelNames: ['route', 'status', 'model_known', 'stream'],
    registers,
  })
  const refusals = new Counter({
    name: 'gateway_refusals_total',
    help: 'Requests that were not answered, by the reason in the failure catalogue.',
    labelNames: ['reason'],
    registers,
  })
  const ours = new Histogram({
    name: 'gateway_overhead_seconds',
    help: 'Time from arrival until the request was handed to a provider.',
    buckets,
    registers,
  })
  const provider = new Histogram({
    name: 'gateway_provider_seconds',
    help: 'Time from handing a request to a provider until the end of its answer.',
    buckets,
    registers,
  })
  const charged = new Counter({
    name: 'gateway_charged_usd_total',
    help: 'Money charged. An approximation for graphs; the ledger has the exact amounts.',
    labelNames: ['source'],
    registers,
  })
  const shared = new Counter({
    name: 'gateway_shared_answers_total',
    help: 'Requests that were answered without a call of their own, by how.',
    labelNames: ['kind'],
    registers,
  })
  const saved = new Counter({
    name: 'gateway_saved_usd_total',
    help: 'What those answers cost whoever paid for them. An approximation for graphs; rows have the exact amounts.',
    labelNames: ['kind'],
    registers,
  })
  const holds = new Counter({
    name: 'gateway_holds_total',
    help: 'Holds by the answer of the store.',
    labelNames: ['kind'],
    registers,
  })
  const settlements = new Counter({
    name: 'gateway_settlements_total',
    help: 'Settlements by the answer of the store.',
    labelNames: ['kind'],
    registers,
  })
  const overages = new Counter({
    name: 'gateway_overages_total',
    help: 'Attempts that cost more than was held for them. Above 0 means that a provider does not keep to its caps.',
    registers,
  })
  const withoutStore = new Counter({
    name: 'gateway_without_store_total',
    help: 'Requests while the store was away: paid by a slice, or let through without limits on requests being checked.',
    labelNames: ['what'],
    registers,
  })
  gauge(
    registers,
    'gateway_store_memory_ratio',
    'Used part of the memory of Redis; 0 without a limit.',
    gauges.storeMemory,
  )
  gauge(registers, 'gateway_store_closed', 'Whether Redis is not asked, since it does not answer.', () =>
    Number(gauges.storeClosed()),
  )
  const circuits = new Gauge({
    name: 'gateway_circuit_breaker_state',
    help: 'Of each provider whose circuit breaker has ever opened, the worst of its models: 0 closed, 1 half-open, 2 open.',
    labelNames: ['provider'],
    registers,
    collect() {
      circuits.reset()
      const worst = new Map<string, number>()
      for (const { id, standing } of gauges.breakers())
        worst.set(id.providerId, Math.max(worst.get(id.providerId) ?? 0, standingNumbers[standing]))
      for (const [provider, value] of worst) circuits.set({ provider }, value)
    },
  })
  gauge(registers, 'gateway_open_holds', 'Holds taken and not yet settled or given back.', gauges.openHolds)
  gauge(
    registers,
    'gateway_pending_settlements',
    'Settlements that the store has not acknowledged.',
    gauges.pendingSettlements,
  )
  gauge(
    registers,
    'gateway_pending_releases',
    'Holds to give back that the store has not acknowledged.',
    gauges.pendingReleases,
  )
  gauge(registers, 'gateway_running_streams', 'Streams that are being passed on.', gauges.runningStreams)
  gauge(
    registers,
    'gateway_crowded_limits',
    'Limits on concurrency in front of which requests wait.',
    gauges.crowdedLimits,
  )
  gauge(registers, 'gateway_slices', 'Slices that are held for times in which the store is away.', gauges.slices)
  gauge(
    registers,
    'gateway_dropped_rows',
    'Rows of refused requests given up while the store was away.',
    gauges.droppedRows,
  )
  gauge(
    registers,
    'gateway_journal_segments',
    'Segments of the journal that wait until all in them is in Postgres.',
    gauges.journalSegments,
  )
  gauge(registers, 'gateway_journal_ok', '1 while the journal can be written.', () => (gauges.journalOk() ? 1 : 0))
  gauge(
    registers,
    'gateway_lost_attempts',
    'Attempts whose holds the store has lost and that are not charged yet.',
    gauges.lostAttempts,
  )

  return {
    request({ journey, end, totalMs, charge }) {
      requests.inc({
        route: '/v1/chat/completions',
        status: end.status,
        model_known: String(journey.candidate !== null),
        stream: String(journey.chat?.stream ?? false),
      })
      if (end.failure !== null) refusals.inc({ reason: end.failure })
      const held = journey.timeline.find(({ step }) => step === 'hold')
      if (held && journey.attempts > 0) {
        ours.observe(held.ms / 1_000)
        provider.observe((totalMs - held.ms) / 1_000)
      }
      const { answeredFrom } = journey
      if (answeredFrom && end.failure === null) {
        shared.inc({ kind: answeredFrom.kind })
        saved.inc({ kind: answeredFrom.kind }, Number(answeredFrom.avoided ?? 0n) / 1e9)
      }
      if (charge) charged.inc({ source: charge.source }, Number(charge.amount) / 1e9)
    },
    plain({ route, status, failure }) {
      requests.inc({ route, status, model_known: 'false', stream: 'false' })
      if (failure !== null) refusals.inc({ reason: failure })
    },
    held: ({ kind }) => holds.inc({ kind }),
    settled(kind, overage) {
      settlements.inc({ kind })
      if (overage) overages.inc()
    },
    withoutStore: (what) => withoutStore.inc({ what }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function gauge(registers: Registry[], name: string, help: string, read: () => number): Gauge {
  return new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read())
    },
  })
}
