import { teamId } from '@tollkeeper/domain/id'
import { createLoader, parseAsString, parseAsStringLiteral, type inferParserType } from 'nuqs/server'
import type { z } from 'zod'
import { listedStatuses, type listInput } from './inputs.ts'

/** What the list is narrowed by, as it stands in the address. */
export const keyFilters = {
  q: parseAsString.withDefault(''),
  status: parseAsStringLiteral(listedStatuses),
  team: parseAsString,
}
export type KeyFilters = inferParserType<typeof keyFilters>

export const loadKeyFilters = createLoader(keyFilters)

type ListInput = z.input<typeof listInput>

/** A pasted key, cut to its public id: the rest is secret and belongs in no address and no log. */
export const withoutSecret = (text: string): string => text.replace(/(sk-gw-[0-9A-Za-z]{8})[0-9A-Za-z]+/g, '$1')

/** The question for a page of the list; the server page and the browser ask the same one. */
export const listQuestion = (org: string, { q, status, team }: KeyFilters, after: ListInput['after']) => ({
  org,
  search: withoutSecret(q).trim().slice(0, 200),
  status,
  teamId: teamId.safeParse(team).data ?? null,
  after,
})
