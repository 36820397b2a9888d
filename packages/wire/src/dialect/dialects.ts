import type { Dialect } from '@tollkeeper/domain/chat'
import { anthropicMessages } from '../anthropic-messages/index.ts'
import { openAiChat } from '../openai-chat/index.ts'
import { openAiEmbeddings } from '../openai-embeddings/index.ts'
import { openAiResponses } from '../openai-responses/index.ts'
import type { WireDialect } from './wire-dialect.ts'

const known: Partial<Record<Dialect, WireDialect>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  'anthropic-messages': anthropicMessages,
  'openai-embeddings': openAiEmbeddings,
}

/** The dialect of a name. A name without one is a defect: no route and no provider may speak it. */
export function dialectOf(name: Dialect): WireDialect {
  const dialect = known[name]
  if (!dialect) throw new Error(`Nobody speaks ${name} here`)
  return dialect
}
