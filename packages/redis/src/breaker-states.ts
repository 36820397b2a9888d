import type { OrgId, ProviderId } from '@tollkeeper/domain/id'
import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'
import { breakerIndexKey, breakerKey } from './keys.ts'

/** What a breaker is about: one model at one provider of an organisation, by one credential. */
export type BreakerId = { orgId: OrgId; providerId: ProviderId; credential: string; model: string }

/** Names of models may hold anything, so they are encoded. */
export const breakerName = ({ providerId, credential, model }: BreakerId): string =>
  `${providerId}/${credential}/${encodeURIComponent(model)}`

/** With the organisation. */
export const breakerText = (id: BreakerId): string => `${id.orgId}/${breakerName(id)}`

/** The inverse of `breakerText`; undefined for text of another form. */
export function readBreakerText(text: string): BreakerId | undefined {
  const [orgId, providerId, credential, model, rest] = text.split('/')
  if (!orgId || !providerId || !credential || !model || rest !== undefined) return undefined
  return {
    orgId: orgId as OrgId,
    providerId: providerId as ProviderId,
    credential,
    model: decodeURIComponent(model),
  }
}

/** A breaker as people look at it. */
export type BreakerView = BreakerId & {
  openedAtMs: number | null
  /** When the cool-down ends or has ended; null while it is closed. */
  opensUntilMs: number | null
  limitedUntilMs: number
  trips: number
  /** Failures and successes of the last 30 s or so, as far as they were told; none while it is open. */
  failed: number
  answered: number
}

/** Breakers of an organisation that have opened, or were held back, in the last week, and the store's time. @throws StoreUnavailable */
export async function readBreakers(redis: Redis, orgId: OrgId): Promise<{ nowMs: number; breakers: BreakerView[] }> {
  const [[seconds, micros], names] = await Promise.all([
    reachable(redis.time()),
    reachable(redis.zrange(breakerIndexKey(orgId), '0', '-1')),
  ])
  const nowMs = 1_000 * Number(seconds) + Math.floor(Number(micros) / 1_000)
  const found = await Promise.all(
    names.map(async (name) => {
      const id = readBreakerText(`${orgId}/${name}`)
      const fields = await reachable(redis.hgetall(breakerKey(orgId, name)))
      return id && Object.keys(fields).length > 0 ? [viewOf(id, fields, nowMs)] : []
    }),
  )
  return { nowMs, breakers: found.flat() }
}

const shownMs = 31_000

function viewOf(id: BreakerId, fields: Record<string, string>, nowMs: number): BreakerView {
  const timeOf = (name: string) => (fields[name] === undefined ? null : Number(fields[name]))
  let [answered, failed] = [0, 0]
  for (const [name, count] of Object.entries(fields)) {
    if (!/^[af]\d+$/.test(name) || 1_000 * Number(name.slice(1)) < nowMs - shownMs) continue
    if (name.startsWith('f')) failed += Number(count)
    else answered += Number(count)
  }
  return {
    ...id,
    openedAtMs: timeOf('since'),
    opensUntilMs: timeOf('until'),
    limitedUntilMs: timeOf('limited') ?? 0,
    trips: timeOf('trips') ?? 0,
    failed,
    answered,
  }
}
