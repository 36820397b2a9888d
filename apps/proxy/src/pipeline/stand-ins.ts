import type { ChatRequest } from '@tollkeeper/domain/chat'
import { allowsModel, keepsDefinitions } from '@tollkeeper/domain/policy'
import type { Standing } from '../standing/standing.ts'
import type { Candidate } from './exchange.ts'

const none: readonly Candidate[] = []

/**
 * Who may answer instead of the model that was asked for, in the order of the organisation's chain. Only those that the
 * key may use and whose cost is known, and that can keep what the request asks for: the output cap, images, tools, a
 * JSON schema (S-FB-10).
 */
export function standInsOf(standing: Standing, chat: ChatRequest, first: Candidate): readonly Candidate[] {
  const names = standing.org.standInsByModel.get(chat.model)
  // Vectors of one model mean nothing to another.
  if (!names || chat.embedded) return none
  return names.flatMap((name) => {
    const candidate = name === first.model.name ? undefined : standInOf(standing, name)
    return candidate && canKeep(candidate, chat) ? [candidate] : []
  })
}

function standInOf({ org, record, hasHardBudget }: Standing, name: string): Candidate | undefined {
  const model = org.modelByName.get(name)
  const provider = model && org.providerById.get(model.providerId)
  if (!model || !provider || !allowsModel(record.allowedModels, name)) return undefined
  const price = model.price ?? (hasHardBudget ? undefined : org.ceiling)
  return price && { model, provider, price }
}

function canKeep({ model, provider }: Candidate, { maxOutputTokens, images, definitions }: ChatRequest): boolean {
  if (maxOutputTokens !== null && maxOutputTokens > model.maxOutputTokens) return false
  if (images.low + images.other > 0 && model.imageTokens === null) return false
  return definitions.length === 0 || keepsDefinitions(provider.kind)
}
