import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '#server/router.ts'

type Outputs = inferRouterOutputs<AppRouter>['keys']

/** A key as the list has it. */
export type ListedKey = Outputs['list']['keys'][number]
/** A key as its own page has it. */
export type WholeKey = Outputs['one']
/** The answer that holds a key's text. */
export type MadeKey = Outputs['create']
/** What a new key can be given. */
export type KeyChoices = Outputs['choices']
/** The limits above a key. */
export type Limits = Outputs['limits']
