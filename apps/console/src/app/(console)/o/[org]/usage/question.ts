import type { Grouping, ReportQuestion, UsageFilter } from '@tollkeeper/db/rollups'
import type { Instant } from '@tollkeeper/domain/time'
import { filterOfSight } from '#server/sight.ts'
import type { Sight } from '#server/trpc.ts'
import type { UsageInput } from './inputs.ts'
import { resolveRange } from './range.ts'

const dayMs = 86_400_000
/** A chart with more bars than this says nothing. */
const mostHourlyDays = 14
const mostDailyDays = 400

/** The step of a chart: as asked where that many bars can be drawn, else the next longer one. */
export function granularityOf(
  per: UsageInput['per'],
  range: { from: Instant; to: Instant },
): ReportQuestion['granularity'] {
  const days = (range.to - range.from) / dayMs
  if (per === 'auto') return days <= 2.1 ? 'hour' : days <= 93 ? 'day' : days <= 400 ? 'week' : 'month'
  if (per === 'hour' && days > mostHourlyDays + 0.1) return days <= mostDailyDays ? 'day' : 'week'
  if (per === 'day' && days > mostDailyDays) return 'week'
  return per
}

const drawnLines = 8
const listedRows = 200

/** What to ask the roll-ups for what somebody in an organisation asked of the page. */
export function questionOf(viewer: { zone: string; sight: Sight }, input: UsageInput, now: Instant): ReportQuestion {
  const { previous, ...range } = resolveRange(input.range, viewer.zone, now)
  return {
    range,
    previous: input.compare === 'previous' ? previous : null,
    zone: viewer.zone,
    granularity: granularityOf(input.per, range),
    grouping: input.by,
    filter: { ...chosenFilter(input), ...filterOfSight(viewer.sight) },
    lines: drawnLines,
    rows: listedRows,
  }
}

function chosenFilter(input: UsageInput): UsageFilter {
  const { team, 'role-group': roleGroupId, role: roleId, member: memberId, key: keyId, model, provider } = input
  return {
    ...(team === null ? {} : { teamIds: [team] }),
    ...(roleGroupId === null ? {} : { roleGroupId }),
    ...(roleId === null ? {} : { roleId }),
    ...(memberId === null ? {} : { memberId }),
    ...(keyId === null ? {} : { keyId }),
    ...(model === null ? {} : { model }),
    ...(provider === null ? {} : { providerId: provider }),
  }
}

/** The filters of a page as group and id, in the order in which they narrow. */
export const filtersOf = (input: UsageInput): { by: Grouping; id: string }[] =>
  (['team', 'role-group', 'role', 'member', 'key', 'model', 'provider'] as const).flatMap((by) => {
    const id = input[by]
    return id === null ? [] : [{ by, id }]
  })
