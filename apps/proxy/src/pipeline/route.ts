import { fail } from '@tollkeeper/domain/failure'
import { allowsModel, type PolicyModel } from '@tollkeeper/domain/policy'
import type { Standing } from '../standing/standing.ts'
import { nearestNames } from './nearest-names.ts'
import { standInsOf } from './stand-ins.ts'
import { step, type Admitted, type Candidate, type Routed } from './exchange.ts'

export type Route = (admitted: Admitted) => Routed

/** The model that the caller named, at its provider, with the price it is charged at; and who may answer instead. */
export function makeRoute(deps: { monotonic: () => number }): Route {
  return (admitted) => {
    const { journey, standing, chat } = admitted
    const candidate = candidateOf(standing, chat)
    const most = candidate.model.maxOutputTokens
    if (chat.maxOutputTokens !== null && chat.maxOutputTokens > most) {
      const why = `"${chat.maxOutputField}" is too large: ${chat.maxOutputTokens}. The model "${candidate.model.name}" writes at most ${most} tokens.`
      throw fail('invalid_request', { why }, { param: chat.maxOutputField })
    }
    const { images } = chat
    if (images.low + images.other > 0) refuseUnboundImages(standing, candidate)
    journey.candidate = candidate
    step(journey, 'route', deps.monotonic())
    return { ...admitted, candidates: [candidate, ...standInsOf(standing, chat, candidate)] }
  }
}

function refuseUnboundImages(standing: Standing, { model, price }: Candidate): void {
  if (model.imageTokens !== null || !standing.hasHardBudget || isFree(price)) return
  const why = `nobody states what an image costs at most with the model "${model.name}", and a budget must not be exceeded`
  throw fail('unsupported_parameter', { name: 'image_url', why }, { param: 'messages', code: 'unsupported_parameter' })
}

/** Models a key may use, in the order of the policy. */
export const modelsOf = ({ org, record }: Standing): PolicyModel[] =>
  org.policy.models.filter((model) => allowsModel(record.allowedModels, model.name))

const shownAtMost = 20
const cut = (name: string): string => (name.length > 64 ? `${name.slice(0, 64)}…` : name)

function candidateOf(standing: Standing, { model: name, embedded }: Admitted['chat']): Candidate {
  const { org, record } = standing
  const model = org.modelByName.get(name)
  const provider = model && org.providerById.get(model.providerId)
  if (!model || !provider) {
    const nearest = nearestNames(
      name,
      modelsOf(standing).map((each) => each.name),
    )
    throw fail('model_not_found', { model: cut(name), nearest }, { param: 'model' })
  }
  if (!allowsModel(record.allowedModels, name)) {
    const names = modelsOf(standing).map((each) => each.name)
    const more = names.length > shownAtMost ? ', …' : ''
    const allowed = names.length === 0 ? 'none' : names.slice(0, shownAtMost).join(', ') + more
    throw fail('model_not_allowed', { model: name, allowed }, { param: 'model', code: 'model_not_allowed' })
  }
  // Never free: without a price the cost cannot be bounded, and where nothing must be bounded the dearest price counts.
  const known = embedded ? org.inputPriceByName.get(name) : model.price
  const price = known ?? (standing.hasHardBudget ? undefined : org.ceiling)
  if (!price) throw fail('model_unpriced', { model: name }, { param: 'model', code: 'model_unpriced' })
  return { model, provider, price }
}

const isFree = ({ rates }: Candidate['price']): boolean => Object.values(rates).every((rate) => rate === 0n)
