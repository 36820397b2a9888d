import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { fail } from '@tollkeeper/domain/failure'
import type { OrgId } from '@tollkeeper/domain/id'
import { bytesBound, inputTokens, outputTokens } from '@tollkeeper/providers'
import { readBalances } from '@tollkeeper/redis/balances'
import { makeBudgets, type Hold } from '@tollkeeper/redis/budgets'
import { makeConfirmations } from '@tollkeeper/redis/confirmations'
import { connectRedis, connectRedisPatiently, redisReady, StoreUnavailable } from '@tollkeeper/redis/connection'
import { makeCeilingStore } from '@tollkeeper/redis/ceiling'
import { makeIdempotencyStore } from '@tollkeeper/redis/idempotency'
import { readMemory } from '@tollkeeper/redis/memory'
import { makePolicyReader } from '@tollkeeper/redis/policies'
import { makePresence } from '@tollkeeper/redis/presence'
import { makeRates } from '@tollkeeper/redis/rates'
import { shardOf } from '@tollkeeper/redis/shards'
import { makeUsageWriter } from '@tollkeeper/redis/usage-stream'
import { readCountRequest } from '@tollkeeper/wire/anthropic-messages'
import { readJson } from '@tollkeeper/wire/json'
import { dialectOf } from '@tollkeeper/wire/dialect'
import type { FastifyInstance } from 'fastify'
import { composeUpstream } from './compose-upstream.ts'
import type { Env } from './env.ts'
import { makeSharedBreakers } from './breakers/shared-breakers.ts'
import { makeCeiling } from './ceiling/ceiling.ts'
import { makePermits } from './concurrency/permits.ts'
import { makePlaces } from './concurrency/places.ts'
import { interpreter } from './dialects/interpreter.ts'
import { readChat } from './dialects/read-chat.ts'
import { makeChat } from './http/chat.ts'
import { endpointsOf } from './http/endpoints.ts'
import { makeCountTokens } from './http/count-tokens.ts'
import { makeExplain } from './http/explain.ts'
import { statusOf } from './http/failure-reply.ts'
import { readiness } from './http/health.ts'
import { makeKeyReport } from './http/key.ts'
import { makeQuote } from './http/quote.ts'
import { makeServer, type PlainTold } from './http/server.ts'
import { makeShutdown, type ShutdownTimes } from './http/shutdown.ts'
import { makeSyncForConsole, makeSyncForKey } from './http/sync-limits.ts'
import { makeVerify } from './http/verify.ts'
import { makeAttendance } from './money/attendance.ts'
import { makeLeases } from './money/leases.ts'
import { makeBooks } from './money/books.ts'
import { makeStoreWatch } from './money/store-watch.ts'
import { makePersistent } from './money/until-acknowledged.ts'
import { logRequest, type Logger } from './observe/logger.ts'
import { makeMetrics } from './observe/metrics.ts'
import { newProcessId, newSliceId } from './observe/request-id.ts'
import { makeAdmit } from './pipeline/admit.ts'
import { makeAnswer } from './pipeline/answer/answer.ts'
import { makeRelays } from './pipeline/answer/relays.ts'
import { makeRetryBudget } from './pipeline/answer/retry-budget.ts'
import { makeAuthenticate, makeIdentify } from './pipeline/authenticate.ts'
import { makeFoldedRows } from './pipeline/folded-rows.ts'
import { makeQuoteOf } from './pipeline/quote/quote.ts'
import { makeRecord } from './pipeline/record.ts'
import { makeJoin } from './pipeline/join/join.ts'
import { makeOnce } from './pipeline/once/once.ts'
import { makeRoute } from './pipeline/route.ts'
import { makeUnderstand } from './pipeline/understand.ts'
import { makeSlices } from './slices/slices.ts'
import { makeStandings } from './standing/standings.ts'

/** A composed proxy: not listening yet. */
export type Proxy = {
  server: FastifyInstance
  /** Resolves when announcements of changed policies are heard and the epochs were read, as far as Redis is there. */
  start(): Promise<void>
  /** Says that it is not ready, goes on to listen for a while, lets streams run, settles, and closes everything. */
  stop(times: ShutdownTimes): Promise<void>
  /** Cuts a stop short: it takes some seconds from now on. */
  hurry(): void
}

const keepAliveMs = 10_000
const stalledMs = 60_000
const foldMs = 10_000
/** Asked every few seconds by machines: nobody wants to read that. */
const probes = new Set(['/livez', '/readyz'])
/** How often the installation's ceiling is told what was spent. */
const ceilingEveryMs = 500
/** Above this part of its memory the store takes no answers: they must not crowd out money. */
const keepBelow = 0.6
/** Most that is kept of all streams, for those who join one that has begun. */
const replayBytes = 67_108_864
/** How long a start waits for Redis. */
const startWaitMs = 5_000
/** How often it says that it lives; rebuilds wait for several of these. */
const beatMs = 500

/** Builds the adapters and hands them to the rooms. The only file that knows both sides. */
export function compose(env: Env, log: Logger): Proxy {
  const monotonic = () => performance.now()
  const now = () => Date.now()
  const redis = connectRedis(env.REDIS_URL, { name: 'proxy' })
  const subscriber = connectRedisPatiently(env.REDIS_URL, { name: 'proxy-policies' })
  const isAway = (error: unknown): boolean => error instanceof StoreUnavailable
  const onDefect = (error: unknown) => log.error({ err: error }, 'defect')

  const storeWatch = makeStoreWatch({
    store: { ping: () => redis.ping(), time: () => redis.time(), memory: () => readMemory(redis) },
    withinMs: env.STORE_TIMEOUT_MS,
    isAway,
    now,
    monotonic,
    log,
  })
  const { breaker, pressure } = storeWatch
  const { now: storeNow, says: storeSays } = storeWatch.clock
  const policies = makePolicyReader(redis, subscriber)
  const askedPolicies: typeof policies = {
    ...policies,
    key: (publicId) => breaker.run(() => policies.key(publicId)),
    org: (orgId) => breaker.run(() => policies.org(orgId)),
    isComplete: () => breaker.run(policies.isComplete),
  }
  const standings = makeStandings(askedPolicies, monotonic)
  const budgets = makeBudgets(redis, {
    leaseMs: env.LEASE_MS,
    onRegress: (shard) => log.error({ shard }, 'the store has gone back in time: shard closed until it is rebuilt'),
  })
  const usage = makeUsageWriter(redis)
  const settlements = makePersistent({ isAway, onDefect, monotonic })
  const releases = makePersistent({ isAway, onDefect, monotonic })
  const leases = makeLeases({ renew: budgets.renew, everyMs: env.RENEW_MS })
  const relays = makeRelays({ monotonic, keepAliveMs, stalledMs, drainLimit: env.DRAIN_LIMIT })
  const line = { waitMs: env.PERMIT_WAIT_MS, mostWaiting: env.PERMIT_QUEUE }
  const places = makePlaces({
    ...line,
    mostOf: (name) => (name === 'streams' ? env.PROXY_MAX_STREAMS : env.PROXY_MAX_WHOLE),
  })
  const providerPlaces = makePlaces({ ...line, mostOf: () => env.PROVIDER_MAX_RUNNING })
  const rates = makeRates(redis, { leaseMs: env.LEASE_MS })
  const permits = makePermits({
    ...line,
    store: { ...rates, admit: (...asked) => breaker.run(() => rates.admit(...asked)) },
    releases,
    onDefect,
    monotonic,
    renewMs: env.RENEW_MS,
  })
  const metrics = makeMetrics({
    openHolds: () => leases.count,
    pendingSettlements: () => settlements.pending,
    pendingReleases: () => releases.pending,
    runningStreams: () => relays.running,
    droppedRows: () => usage.dropped,
    journalSegments: () => books.segments,
    journalOk: () => books.journal !== 'unwritable',
    lostAttempts: () => books.lost,
    crowdedLimits: () => permits.crowded,
    storeMemory: () => pressure.ratio,
    storeClosed: () => breaker.open,
    slices: () => slices.count,
    breakers: () => breakers?.standings() ?? [],
  })
  const books = makeBooks({
    budgets: { ...budgets, hold: (asked) => breaker.run(() => budgets.hold(asked)) },
    recordLost: budgets.recordLost,
    confirmations: makeConfirmations(redis),
    folder: env.JOURNAL_DIR,
    leases,
    settlements,
    releases,
    onHold: metrics.held,
    onSettled({ orgId, attemptId, amount }, { kind, overage }) {
      metrics.settled(kind, overage)
      const line = { org: orgId, attempt: attemptId, amountNano: amount.toString() }
      if (kind === 'gone') log.error(line, 'a hold was gone when it was settled: the ledger is asked about it')
      else if (overage) log.warn(line, 'an attempt cost more than was held for it')
    },
    onLost: (attemptId, error) => log.error({ err: error, attempt: attemptId }, 'an attempt could not be settled'),
    monotonic,
    log,
  })
  const { ledger } = books
  const ceiling =
    env.PLATFORM_BUDGET_USD === undefined
      ? undefined
      : makeCeiling({
          store: makeCeilingStore(redis),
          owner: newProcessId(),
          limit: env.PLATFORM_BUDGET_USD,
          period: env.PLATFORM_BUDGET_PERIOD,
          leaseMs: env.LEASE_MS,
          everyMs: ceilingEveryMs,
          storeNow,
          storeSays,
        })
  /** What was never asked need not be given back. */
  const hold: typeof ledger.hold = async (asked) => {
    breaker.check()
    return ledger.hold(asked)
  }
  const attendance = makeAttendance({
    presence: makePresence(redis, `${hostname()}/${randomUUID()}`),
    openHolds: (shard) => leases.all((orgId) => shardOf(orgId) === shard),
    onTold({ shard, epoch }, holds) {
      log.warn({ shard, epoch, holds }, 'told a rebuild of the open holds')
    },
    recount: () => books.recount(),
    isAway,
    onDefect,
    everyMs: beatMs,
  })
  const slices = makeSlices({
    hold,
    release: ledger.release,
    closeLease: leases.close,
    newSliceId,
    storeNow,
    monotonic,
    random: Math.random,
    onDefect,
    everyMs: 1_000,
    drillPercent: env.SLICE_DRILL_PERCENT,
  })
  const rows = makeFoldedRows({ write: usage.request, foldMs })
  const record = makeRecord({
    rows,
    write: usage.request,
    statusOf,
    isStoreAway: isAway,
    tell(told) {
      metrics.request(told)
      logRequest(log, told)
    },
    onDefect,
    monotonic,
  })

  const asked = { redis, subscriber, ask: breaker.run }
  const breakers = makeSharedBreakers(env, { ...asked, isAway, onDefect, storeNow, log })
  const upstream = composeUpstream(env, { redis, now })
  const { caller, limits } = upstream
  const authentication = { standings, peppers: env.KEY_PEPPERS, storeNow, monotonic }
  const identify = makeIdentify(authentication)

  const shutdown = makeShutdown()
  const holding = {
    bytesBound,
    inputTokens,
    refreshEpochs: (orgId?: OrgId) => breaker.run(() => budgets.epochs.refresh(orgId)),
    storeNow,
    storeSays,
    random: Math.random,
    preview: (asked: Hold) => breaker.run(() => budgets.preview(asked)),
  }
  const rooms = {
    authenticate: makeAuthenticate(authentication, identify),
    understand: makeUnderstand({ read: readChat, monotonic }),
    admit: makeAdmit({
      places,
      takeRequest: permits.admit,
      isStoreAway: isAway,
      storeAway: () => slices.storeAway,
      onUnchecked: () => metrics.withoutStore('unchecked'),
      givePermit: permits.giveBack,
      monotonic,
    }),
    route: makeRoute({ monotonic }),
    once: makeOnce({
      store: makeIdempotencyStore(redis),
      longestMs: env.REQUEST_DEADLINE_MS,
      mayKeep: () => pressure.ratio < keepBelow,
      record,
      monotonic,
    }),
    join: makeJoin({
      record,
      errorFrame: (failure, dialect) => dialectOf(dialect).failureFrame(failure),
      replayBytes,
      monotonic,
    }),
    answer: makeAnswer({
      ...holding,
      outputTokens,
      hold,
      slices,
      ceiling,
      isStoreAway: isAway,
      onOutage: () => metrics.withoutStore('slice'),
      ledger,
      record,
      statusOf,
      interpreter,
      callerOf: upstream.callerOf,
      relays,
      providerPlaces,
      retries: makeRetryBudget(),
      breakers,
      hear: upstream.hear,
      monotonic,
    }),
    record,
  }

  const extraHeaders = (): readonly string[] => (shutdown.begun ? ['connection', 'close'] : [])
  const tell = (told: PlainTold) => {
    metrics.plain(told)
    if (told.failure !== null) log.info(told, 'refused')
    else if (probes.has(told.route)) log.debug(told, 'answered')
    else log.info(told, 'answered')
  }
  const endpoints = endpointsOf({
    chat: (dialect) => makeChat({ rooms, now, monotonic, longestMs: env.REQUEST_DEADLINE_MS, extraHeaders }, dialect),
    identify,
    countTokens: makeCountTokens({
      rooms,
      inputTokens,
      asSent: interpreter.asSent,
      read: (body) => readCountRequest(readJson(body)),
      ask: upstream.askForCount,
      now,
      monotonic,
    }),
    quote: makeQuote({
      rooms,
      quoteOf: makeQuoteOf(holding),
      asSent: (routed) => ({ ...routed, chat: interpreter.asSent(routed.chat, routed.candidates[0].provider) }),
      bytesOf: ({ chat }) => interpreter.bodyOf(chat).bytes,
      now,
      monotonic,
    }),
    keyReport: makeKeyReport({ readBalances: (orgId, ids) => readBalances(redis, orgId, ids), storeNow }),
    readiness: () =>
      readiness({
        pingRedis: storeWatch.answers,
        slices: () => slices.count,
        oldestPendingMs: () => (settlements.oldestSince === null ? 0 : monotonic() - settlements.oldestSince),
        journal: () => books.journal,
        evicts: () => pressure.evicts,
        shuttingDown: () => shutdown.begun,
      }),
    metrics: async () => ({ text: await metrics.text(), contentType: metrics.contentType }),
    verify: makeVerify({ caller, open: upstream.open, monotonic }),
    explain: makeExplain({
      ...holding,
      standings,
      route: rooms.route,
      read: dialectOf('openai-chat').readRequest,
      now,
      monotonic,
    }),
    syncLimits: { forConsole: makeSyncForConsole(upstream.syncLimits), forKey: makeSyncForKey(upstream.syncLimits) },
    tokens: { internal: env.INTERNAL_TOKEN, metrics: env.METRICS_TOKEN },
    asFailure: record.asFailure,
    extraHeaders,
    tell,
  })
  const server = makeServer(endpoints, { maxConnections: env.PROXY_MAX_CONNECTIONS, extraHeaders, tell, onDefect })

  return {
    server,
    async start() {
      // What was announced while the connection was away is not known: nothing in memory is trusted after it.
      subscriber.on('ready', standings.forgetAll)
      const listening = policies.onChange((change) => {
        if (change.kind === 'key') standings.forgetKey(change.publicId)
        else standings.forgetOrg(change.orgId)
      })
      // Waits for Redis as long as it takes; without announcements what is in memory is still read again in time.
      for (const heard of [listening, breakers?.listen()])
        heard?.catch((error: unknown) => shutdown.begun || onDefect(error))
      // Without Redis it starts all the same: it is alive, refuses with 503, and is ready when Redis is.
      await redisReady(redis, startWaitMs).catch(() => {})
      await storeWatch.clock.look().catch(() => {})
      await budgets.epochs.refresh().catch(() => {})
      await books.open()
    },
    stop: (times) =>
      shutdown.run(times, {
        server,
        cutStreams: () => relays.stopAll(fail('shutting_down', undefined)),
        steps: [
          () => settlements.idle(),
          () => slices.stop(),
          () => ceiling?.stop(),
          () => releases.idle(),
          () => rows.flush(),
          () => usage.flush().catch(onDefect),
          () => books.close(),
          () => limits.flush().catch(() => {}),
          () => limits.stop(),
          () => attendance.stop(),
          () => storeWatch.stop(),
          () => leases.stop(),
          () => permits.stop(),
          () => relays.close(),
          () => caller.close(),
          () => redis.disconnect(),
          () => subscriber.disconnect(),
        ],
      }),
    hurry: shutdown.hurry,
  }
}
