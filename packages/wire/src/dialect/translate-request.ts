import type { ChatRequest } from '@tollkeeper/domain/chat'
import type { WireDialect } from './wire-dialect.ts'

/**
 * A request in the words of a provider's dialect. What only concerns the caller stays as the caller said it.
 *
 * @throws Failure `untranslatable` for a feature that the provider's dialect lacks
 */
export function translateRequest(chat: ChatRequest, client: WireDialect, provider: WireDialect): ChatRequest {
  const { wantsUsage, requestedTokens, maxOutputField } = chat
  return { ...provider.fromNeutral(client.toNeutral(chat)), wantsUsage, requestedTokens, maxOutputField }
}
