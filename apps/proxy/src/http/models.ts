import { fail } from '@tollkeeper/domain/failure'
import { tokenClasses, usdText, type Price } from '@tollkeeper/domain/price'
import { modelBody, modelListBody, type ListedModel } from '@tollkeeper/wire/openai-chat'
import { modelsOf } from '../pipeline/route.ts'
import type { Standing } from '../standing/standing.ts'

/** `GET /models`: what the calling key may use. */
export function modelList(standing: Standing, query: Readonly<Record<string, string | undefined>>): object {
  const limit = /^\d{1,6}$/.test(query['limit'] ?? '') ? Number(query['limit']) : undefined
  return modelListBody(
    modelsOf(standing).map((model) => listed(standing, model)),
    {
      ...(limit !== undefined && limit > 0 && { limit }),
      ...(query['after_id'] !== undefined && { afterId: query['after_id'] }),
      ...(query['before_id'] !== undefined && { beforeId: query['before_id'] }),
    },
  )
}

/** `GET /models/{id}`. @throws Failure 404 */
export function oneModel(standing: Standing, name: string): object {
  const model = modelsOf(standing).find((each) => each.name === name)
  if (!model) throw fail('model_not_found', { model: name.slice(0, 64), nearest: [] })
  return modelBody(listed(standing, model))
}

function listed(standing: Standing, model: ReturnType<typeof modelsOf>[number]): ListedModel {
  return {
    name: model.name,
    ownedBy: standing.org.providerById.get(model.providerId)?.name ?? 'unknown',
    createdAtMs: model.createdAtMs,
    contextWindow: model.contextWindow,
    maxOutputTokens: model.maxOutputTokens,
    pricing: model.price && pricing(model.price),
  }
}

const names = {
  inputUncached: 'prompt',
  inputCacheRead: 'input_cache_read',
  inputCacheWrite5m: 'input_cache_write',
  inputCacheWrite1h: 'input_cache_write_1h',
  outputText: 'completion',
  audioIn: 'audio_input',
  audioOut: 'audio_output',
  imageIn: 'image_input',
  imageOut: 'image_output',
} as const

/** USD per token as decimal text with 12 decimals: a price is a whole number of pico-USD. */
function pricing({ rates }: Price): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const name of tokenClasses) {
    const rate = rates[name]
    if (rate === undefined) continue
    texts[names[name]] = `${usdText(rate / 1_000n)}${String(rate % 1_000n).padStart(3, '0')}`
  }
  return texts
}
