import { openCredential, type CredentialBinding } from '@tollkeeper/domain/credential'
import { makeCaller, pathOf, readLimits } from '@tollkeeper/providers'
import { redisPorts } from '@tollkeeper/redis/env'
import { makeProviderLimitStore } from '@tollkeeper/redis/provider-limits'
import { countBody } from '@tollkeeper/wire/anthropic-messages'
import type { Env } from './env.ts'
import type { CountTokensDeps } from './http/count-tokens.ts'
import type { AnswerDeps } from './pipeline/answer/answer.ts'
import { makeLimits } from './provider-limits/learned-limits.ts'
import { makeSyncLimits } from './provider-limits/sync-limits.ts'
import { makeTargets } from './standing/targets.ts'

/** How often learned limits of providers are written. */
const writeLimitsMs = 5_000

type Redis = Parameters<typeof makeProviderLimitStore>[0]

/** Builds what calls providers, and what is learned from their answers. */
export function composeUpstream(env: Env, { redis, now }: { redis: Redis; now: () => number }) {
  const caller = makeCaller({
    idleTimeoutMs: env.UPSTREAM_IDLE_MS,
    connectTimeoutMs: env.UPSTREAM_CONNECT_MS,
    firstByteTimeoutMs: env.UPSTREAM_FIRST_BYTE_MS,
    wholeTimeoutMs: env.UPSTREAM_WHOLE_MS,
    // A model on the own machine is what Ollama is for; the simulator's address comes from the installation itself.
    mayBePrivate: (kind) => env.ALLOW_PRIVATE_PROVIDERS || kind === 'ollama' || kind === 'simulator',
    closedPorts: redisPorts(env.REDIS_URL),
  })
  const open = (sealed: string, binding: CredentialBinding) =>
    openCredential(sealed, env.CREDENTIAL_PRIVATE_KEY, binding)
  const targetFor = makeTargets(open)
  const limitStore = makeProviderLimitStore(redis)
  const limits = makeLimits({ read: readLimits, write: limitStore.write, now, writeMs: writeLimitsMs })

  const callerOf: AnswerDeps['callerOf'] = (standing, provider, dialect) => {
    const target = targetFor(standing.record.scopes.orgId, provider)
    return {
      whole: (body, as) => caller.post(target, pathOf[dialect], body, as),
      stream: (body, as) => caller.postForStream(target, pathOf[dialect], body, as),
      render: (body, { model }, { cap, field }) =>
        body.render({ model: model.upstreamName, capField: target.provider.capField(field), maxOutputTokens: cap }),
    }
  }
  const hear: AnswerDeps['hear'] = (standing, { provider, model }, outcome) => {
    if ('headers' in outcome) limits.hear(standing.record.scopes.orgId, provider, model.upstreamName, outcome.headers)
  }
  const askForCount: CountTokensDeps['ask'] = ({ standing, chat, candidates, passedHeaders, journey }) => {
    const [{ provider, model }] = candidates
    const target = targetFor(standing.record.scopes.orgId, provider)
    const as = { id: journey.requestId, headers: passedHeaders }
    return caller.post(target, '/messages/count_tokens', countBody(chat, model.upstreamName), as)
  }
  return {
    caller,
    open,
    limits,
    syncLimits: makeSyncLimits({ limits, store: limitStore, caller, targetFor }),
    callerOf,
    hear,
    askForCount,
  }
}
