import { keyId, teamId } from '@tollkeeper/domain/id'
import { createLoader, parseAsBoolean, parseAsString, parseAsStringLiteral, type inferParserType } from 'nuqs/server'
import type { z } from 'zod'
import { requestStates, type listInput } from './inputs.ts'

/** What the list is narrowed by, as it stands in the address. */
export const requestFilters = {
  q: parseAsString.withDefault(''),
  state: parseAsStringLiteral(requestStates),
  team: parseAsString,
  key: parseAsString,
  model: parseAsString.withDefault(''),
  live: parseAsBoolean.withDefault(false),
}
export type RequestFilters = inferParserType<typeof requestFilters>

export const loadRequestFilters = createLoader(requestFilters)

export const isNarrowed = ({ q, state, team, key, model }: RequestFilters): boolean =>
  q !== '' || state !== null || team !== null || key !== null || model !== ''

type ListInput = z.input<typeof listInput>

/** The question for a page of the list; the server page and the browser ask the same one. */
export const listQuestion = (org: string, filters: RequestFilters, after: ListInput['after']) => ({
  org,
  search: filters.q.trim().slice(0, 64),
  state: filters.state,
  teamId: teamId.safeParse(filters.team).data ?? null,
  keyId: keyId.safeParse(filters.key).data ?? null,
  model: filters.model.trim().slice(0, 256),
  after,
})
