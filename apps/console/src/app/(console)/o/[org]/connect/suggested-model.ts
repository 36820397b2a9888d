import type { Price } from '@tollkeeper/domain/price'
import { allowsModel } from '@tollkeeper/domain/policy'

/** Small models that answer quickly and cost little, the best known first. */
const wellKnown = ['gpt-4o-mini', 'gpt-5-mini', 'gpt-4.1-mini', 'deepseek-chat', 'claude-haiku-4-5']

/** Names of models that a chat request does not fit, though they have a price per token. */
const notForChat = /audio|babbage|codex|davinci|embed|image|instruct|moderation|realtime|search|transcribe|tts|whisper/

type Offered = { name: string; price: Price | null }

/** A cheap chat model that a key with these patterns (null: any) may use, for snippets and the test request. */
export function suggestedModel(models: readonly Offered[], allowed: readonly string[] | null = null): string | null {
  const usable = models.filter((model) => allowsModel(allowed, model.name))
  const known = wellKnown.find((name) => usable.some((model) => model.name === name))
  if (known !== undefined) return known
  const priced = usable.flatMap(({ name, price }) => {
    const { inputUncached, outputText } = price?.rates ?? {}
    if (inputUncached === undefined || outputText === undefined || notForChat.test(name)) return []
    return [{ name, cost: inputUncached + outputText }]
  })
  const cheapest = priced.toSorted((a, b) => (a.cost < b.cost ? -1 : Number(a.cost > b.cost)))[0]
  return cheapest?.name ?? usable[0]?.name ?? null
}
