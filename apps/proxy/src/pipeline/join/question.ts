import { fullHash, promptTenantOf } from '@tollkeeper/domain/prompt'
import type { Routed } from '../exchange.ts'

/** What a request asks of its organisation's providers, for finding another one that asks the same right now. */
export type Question = {
  /** The same for equal questions, and nearly free: almost always it tells that nobody asks the same. */
  readonly coarse: string
  /** The same for equal questions only. Costs as much as reading the body once more, so it is made when it is needed. */
  exact(): string
}

/**
 * The question of a request. Answers are passed on as they are, so it also holds what decides their bytes: dialect,
 * stream, what a stream is to tell, and the headers that a provider gets as they came. Who else could answer it is a
 * part of it too: another key of the organisation may not use the same models.
 */
export function questionOf({ journey, chat, candidates, standing, passedHeaders }: Routed): Question {
  const { scopes } = standing.record
  const [first] = candidates
  const who = candidates.map(({ provider, model }) => `${provider.id}/${model.name}`).join(',')
  const told = chat.stream ? ['stream', chat.body['stream_options']] : ['whole']
  const form = JSON.stringify([journey.dialect, ...told, ...passedHeaders])
  let exact: string | undefined
  return {
    coarse: `${scopes.orgId} ${form} ${chat.model} ${chat.messages.length} ${lastLength(chat.messages)}`,
    exact: () => (exact ??= `${fullHash(promptTenantOf(scopes, first.provider), chat)} ${form} ${who}`),
  }
}

/** Characters of what the user said last; what the system says may differ in a line that means nothing. */
function lastLength(messages: Routed['chat']['messages']): number {
  const last = messages.at(-1)
  return last?.role === 'user' && typeof last.content === 'string' ? last.content.length : 0
}
