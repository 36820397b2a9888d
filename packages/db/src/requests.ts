import type { KeyId, MemberId, OrgId, ProviderId, RequestId, TeamId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import {
  answeredFrom,
  refusalDetail,
  requestEvent,
  type AnsweredFromKind,
  type RefusalDetail,
  type RequestEvent,
} from '@tollkeeper/domain/usage'
import type { Db } from './client.ts'
import type { Prisma, Request as Row } from './generated/client.ts'
import { ofRequest, type LedgerRow } from './ledger/ledger-row.ts'
import type { RequestOutcome } from './ledger/request-outcome.ts'
import type { Sight } from './sight.ts'

/** A request as its caller saw it, with what its attempts came to so far. */
export type Request = {
  id: RequestId
  at: Date
  /** How many equal refusals it stands for. */
  count: number
  status: number
  outcome: RequestOutcome
  failure: string | null
  modelAsked: string
  modelUsed: string | null
  stream: boolean
  attempts: number
  firstByteMs: number | null
  totalMs: number
  userAgent: string | null
  team: { id: TeamId; name: string } | null
  member: { id: MemberId; name: string } | null
  key: { id: KeyId; name: string | null; last4: string | null }
  inputTokens: number
  cachedTokens: number
  outputTokens: number
  costNano: NanoUsd
}

export type RequestFilter = {
  outcomes?: readonly RequestOutcome[]
  /** First digit of the status: 2, 4 or 5. */
  statusClass?: 2 | 4 | 5
  teamIds?: readonly TeamId[]
  memberId?: MemberId
  keyId?: KeyId
  /** As asked for or as used. */
  model?: string
  /** A request id, or its beginning. */
  id?: string
  from?: Date
  to?: Date
  /** What a lead or a member may see. */
  sight?: Sight
}

/** Where the next page begins: the last row of this one. */
export type RequestCursor = { at: Date; id: RequestId }

/** A page of requests, newest first. */
export async function list(
  db: Db,
  orgId: OrgId,
  page: { filter?: RequestFilter; after?: RequestCursor; limit?: number } = {},
): Promise<{ requests: Request[]; next: RequestCursor | null }> {
  const { filter = {}, after, limit = 50 } = page
  const older = after && { OR: [{ at: { lt: after.at } }, { at: after.at, id: { lt: after.id } }] }
  const rows = await db.request.findMany({
    where: { orgId, AND: [whereOf(filter), older ?? {}] },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  })
  const requests = await readRequests(db, orgId, rows.slice(0, limit))
  const last = requests.at(-1)
  return { requests, next: rows.length > limit && last ? { at: last.at, id: last.id } : null }
}

export type RequestDetail = Request & {
  dialect: string
  provider: { id: ProviderId; name: string } | null
  refusal: RefusalDetail | null
  timeline: RequestEvent['timeline']
  maxTokensClamped: number | null
  /** The request whose call answered this one too, and what that cost. */
  answeredFrom: { kind: AnsweredFromKind; requestId: RequestId; avoidedNano: NanoUsd } | null
  ledger: LedgerRow[]
}

/** Everything known of a request. */
export async function one(db: Db, orgId: OrgId, id: string): Promise<RequestDetail | undefined> {
  const row = await db.request.findUnique({ where: { orgId_id: { orgId, id } } })
  if (!row) return undefined
  const [request] = await readRequests(db, orgId, [row])
  if (!request) return undefined
  const provider =
    row.providerId === null
      ? null
      : await db.provider.findUnique({ where: { orgId_id: { orgId, id: row.providerId } }, select: { name: true } })
  return {
    ...request,
    dialect: row.dialect,
    provider:
      row.providerId === null ? null : { id: row.providerId as ProviderId, name: provider?.name ?? row.providerId },
    refusal: row.refusal === null ? null : refusalDetail.parse(row.refusal),
    timeline: requestEvent.shape.timeline.parse(row.timeline),
    maxTokensClamped: row.maxTokensClamped,
    answeredFrom: answeredFromOf(row),
    ledger: await ofRequest(db, orgId, id),
  }
}

function answeredFromOf(row: Row): RequestDetail['answeredFrom'] {
  const from = { kind: row.answeredBy, requestId: row.answeredFromId, avoided: String(row.avoidedNano ?? 0n) }
  const read = answeredFrom.safeParse(from).data
  return read ? { kind: read.kind, requestId: read.requestId, avoidedNano: BigInt(read.avoided) } : null
}

function whereOf(filter: RequestFilter): Prisma.RequestWhereInput {
  const { outcomes, statusClass, teamIds, memberId, keyId, model, id, from, to, sight } = filter
  const parts: Prisma.RequestWhereInput[] = []
  if (outcomes) parts.push({ outcome: { in: [...outcomes] } })
  if (statusClass) parts.push({ status: { gte: statusClass * 100, lt: (statusClass + 1) * 100 } })
  if (teamIds) parts.push({ teamId: { in: [...teamIds] } })
  if (memberId !== undefined) parts.push({ memberId })
  if (keyId !== undefined) parts.push({ keyId })
  if (model !== undefined) parts.push({ OR: [{ modelAsked: model }, { modelUsed: model }] })
  if (id !== undefined && id !== '') parts.push({ id: { startsWith: id } })
  if (from) parts.push({ at: { gte: from } })
  if (to) parts.push({ at: { lt: to } })
  if (sight) parts.push({ OR: [{ teamId: { in: [...sight.teamIds] } }, { memberId: sight.memberId }] })
  return { AND: parts }
}

type Spent = { id: string; cost: string; input: string; cached: string; output: string }

/** Adds names and money: one query for each kind, whatever the number of rows. */
async function readRequests(db: Db, orgId: OrgId, rows: readonly Row[]): Promise<Request[]> {
  if (rows.length === 0) return []
  const among = (ids: readonly (string | null)[]) => ({
    orgId,
    id: { in: [...new Set(ids.filter((id) => id !== null))] },
  })
  const teams = await db.team.findMany({ where: among(rows.map((row) => row.teamId)) })
  const members = await db.member.findMany({ where: among(rows.map((row) => row.memberId)) })
  const keys = await db.apiKey.findMany({ where: among(rows.map((row) => row.keyId)) })
  const spent = await db.$queryRaw<Spent[]>`
    SELECT request_id AS id, sum(amount_nano)::text AS cost,
      sum(input_uncached::bigint + input_cache_read + input_cache_write_5m + input_cache_write_1h + audio_in + image_in)::text
        AS input,
      sum(input_cache_read)::text AS cached, sum(output_text::bigint + audio_out + image_out)::text AS output
    FROM ledger_entry WHERE org_id = ${orgId} AND request_id = ANY(${rows.map((row) => row.id)}) GROUP BY request_id`
  const [teamOf, memberOf, keyOf, spentOf] = [byId(teams), byId(members), byId(keys), byId(spent)]
  return rows.map((row) => {
    const [key, sums] = [keyOf.get(row.keyId), spentOf.get(row.id)]
    return {
      id: row.id as RequestId,
      at: row.at,
      count: row.count,
      status: row.status,
      outcome: row.outcome as RequestOutcome,
      failure: row.failure,
      modelAsked: row.modelAsked,
      modelUsed: row.modelUsed,
      stream: row.stream,
      attempts: row.attempts,
      firstByteMs: row.firstByteMs,
      totalMs: row.totalMs,
      userAgent: row.userAgent,
      team: row.teamId === null ? null : { id: row.teamId as TeamId, name: teamOf.get(row.teamId)?.name ?? row.teamId },
      member:
        row.memberId === null
          ? null
          : { id: row.memberId as MemberId, name: memberOf.get(row.memberId)?.name ?? row.memberId },
      key: { id: row.keyId as KeyId, name: key?.name ?? null, last4: key?.last4 ?? null },
      inputTokens: Number(sums?.input ?? 0),
      cachedTokens: Number(sums?.cached ?? 0),
      outputTokens: Number(sums?.output ?? 0),
      costNano: BigInt(sums?.cost ?? '0'),
    }
  })
}

const byId = <T extends { id: string }>(rows: readonly T[]): Map<string, T> => new Map(rows.map((row) => [row.id, row]))
