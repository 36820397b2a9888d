import { createLoader, parseAsString, type inferParserType } from 'nuqs/server'
import type { z } from 'zod'
import { logInput } from './inputs.ts'

/** What the log is narrowed by, as it stands in the address. */
export const auditSearch = { actor: parseAsString, action: parseAsString }
export type AuditSearch = inferParserType<typeof auditSearch>

export const loadAuditSearch = createLoader(auditSearch)

/** The question for a page of the log; what makes no sense in an address counts as absent. */
export const logQuestion = (org: string, search: AuditSearch, after: z.input<typeof logInput>['after']) => ({
  org,
  actor: logInput.shape.actor.safeParse(search.actor).data ?? null,
  action: logInput.shape.action.safeParse(search.action).data ?? null,
  after,
})
