import type { ProviderKind } from '@tollkeeper/domain/policy'
import { anthropic } from './anthropic/index.ts'
import { deepseek } from './deepseek/index.ts'
import { ollama } from './ollama/index.ts'
import { openai } from './openai/index.ts'
import { openaiCompatible } from './openai-compatible/index.ts'
import type { Provider } from './provider.ts'
import { simulator } from './simulator/index.ts'

const providers: Readonly<Record<ProviderKind, Provider>> = {
  simulator,
  openai,
  anthropic,
  deepseek,
  ollama,
  'openai-compatible': openaiCompatible,
}

/** The provider of a kind. */
export const providerOf = (kind: ProviderKind): Provider => providers[kind]
