/** What the model list tells about one model. Prices are USD per token as decimal text. */
export type ListedModel = {
  name: string
  ownedBy: string
  createdAtMs: number
  contextWindow: number | null
  maxOutputTokens: number
  pricing: Readonly<Record<string, string>> | null
}

/** One model in a body that the OpenAI and the Anthropic client both understand (wire.md 2.6). */
export const modelBody = (model: ListedModel) => ({
  id: model.name,
  object: 'model',
  type: 'model',
  created: Math.floor(model.createdAtMs / 1000),
  created_at: new Date(model.createdAtMs).toISOString().replace('.000Z', 'Z'),
  owned_by: model.ownedBy,
  display_name: model.name,
  max_input_tokens: model.contextWindow,
  max_tokens: model.maxOutputTokens,
  pricing: model.pricing,
})

/** One page of the list. `limit`, `after_id` and `before_id` as the Anthropic client sends them. */
export function modelListBody(
  models: readonly ListedModel[],
  page: { limit?: number; afterId?: string; beforeId?: string },
) {
  const at = (id: string | undefined) => (id === undefined ? -1 : models.findIndex((model) => model.name === id))
  const after = at(page.afterId)
  const before = at(page.beforeId)
  const range = models.slice(after + 1, before < 0 ? undefined : before)
  const shown = page.limit === undefined ? range : range.slice(0, page.limit)
  return {
    object: 'list',
    data: shown.map(modelBody),
    has_more: shown.length < range.length,
    first_id: shown[0]?.name ?? null,
    last_id: shown.at(-1)?.name ?? null,
  }
}
