import { noteOrgChange, offeredModels } from '@tollkeeper/db/policies'
import { addOverride } from '@tollkeeper/db/prices'
import * as providerLimits from '@tollkeeper/db/provider-limits'
import * as providers from '@tollkeeper/db/providers'
import { sealCredential } from '@tollkeeper/domain/credential'
import type { OrgId, ProviderId } from '@tollkeeper/domain/id'
import type { ProviderKind } from '@tollkeeper/domain/policy'
import { limitedThings } from '@tollkeeper/domain/provider-limit'
import { consoleEnv } from '#env.ts'
import { change } from '#server/change.ts'
import { refuse } from '#server/refusal.ts'
import { orgProcedure, router } from '#server/trpc.ts'
import { askProxyForLimits, askProxyToVerify } from './ask-proxy.ts'
import {
  addInput,
  asksAddress,
  credentialInput,
  enabledInput,
  modelInput,
  oneInput,
  priceInput,
  takesCredential,
} from './inputs.ts'
import { addressProblem } from './public-address.ts'

const gone = () => refuse('not-found', 'There is no such provider.')

/** Addresses of the kinds that have one of their own. */
const knownAddresses: Partial<Record<ProviderKind, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  deepseek: 'https://api.deepseek.com/v1',
}

function addressOf(kind: ProviderKind, typed: string): string {
  if (asksAddress(kind)) return typed
  if (kind !== 'simulator') return knownAddresses[kind] ?? typed
  const { SIMULATOR_URL } = consoleEnv()
  if (SIMULATOR_URL === undefined) throw refuse('invalid', 'No simulated provider runs here.', 'kind')
  return `${SIMULATOR_URL}/v1`
}

/** What is stored of a credential: sealed to the proxy's key, and its last four characters. */
function sealed(orgId: OrgId, id: ProviderId, address: string, plain: string): providers.Credential {
  const binding = { orgId, providerId: id, origin: new URL(address).origin }
  return { sealed: sealCredential(plain, consoleEnv().CREDENTIAL_PUBLIC_KEY, binding), last4: plain.slice(-4) }
}

/** What the page shows of a Verify: how many models, not which; they are listed with their prices. */
const seen = (found: providers.Verification) =>
  found.ok
    ? { ok: true as const, models: found.models.length, limits: found.limits, latencyMs: found.latencyMs }
    : { ok: false as const, status: found.status, message: found.message }

/** What the page shows of the limits of one model, those that were told. */
const seenLimits = ({ model, limits }: providerLimits.KnownLimits) => ({
  model,
  seenAt: new Date(limits.seenAtMs),
  limits: limitedThings.flatMap((of) => {
    const limit = limits[of]
    return limit ? [{ of, limit: limit.limit, remaining: limit.remaining, per: limit.per }] : []
  }),
})

export const providersProcedures = router({
  /** Connected providers with their models, prices and what the last Verify found. Never a credential. */
  list: orgProcedure('provider.read').query(async ({ ctx }) => {
    const [connected, offered] = [await providers.list(ctx.db, ctx.org.id), await offeredModels(ctx.db, ctx.org.id)]
    const limits = await providerLimits.list(ctx.db, ctx.org.id)
    const answering = new Map(offered.map((model) => [model.name, model]))
    return {
      simulated: consoleEnv().SIMULATOR_URL !== undefined,
      providers: connected.map(({ models, verification, ...provider }) => ({
        ...provider,
        verification: verification && seen(verification),
        limits: limits.filter((one) => one.providerId === provider.id).map(seenLimits),
        models: models.map(({ name, enabled }) => {
          const model = answering.get(name)
          const own = model?.providerId === provider.id ? model : undefined
          return {
            name,
            enabled,
            /** Another provider, connected earlier, answers for this name. */
            answeredBy: model && !own ? model.provider.name : null,
            rates: own?.price
              ? { input: own.price.rates.inputUncached ?? null, output: own.price.rates.outputText ?? null }
              : null,
            /** Set by the organisation itself, not from the price book. */
            ownPrice: own?.price?.version.startsWith('override:') ?? false,
            unpriced: own !== undefined && own.price === null,
            contextWindow: own?.contextWindow ?? null,
          }
        }),
      })),
    }
  }),

  add: orgProcedure('provider.write')
    .input(addInput)
    .mutation(async ({ ctx, input }) => {
      const { kind, name } = input
      const baseUrl = addressOf(kind, input.baseUrl)
      if (asksAddress(kind)) {
        const allowPrivate = kind === 'ollama' || consoleEnv().ALLOW_PRIVATE_PROVIDERS
        const problem = await addressProblem(baseUrl, allowPrivate)
        if (problem !== undefined) throw refuse('invalid', problem, 'baseUrl')
      }
      return change(ctx, async (tx, audit) => {
        const id = providers.newProviderId()
        const plain = takesCredential(kind) ? input.credential : ''
        const credential = plain === '' ? null : sealed(ctx.org.id, id, baseUrl, plain)
        const made = await providers.create(tx, ctx.org.id, { id, name, kind, baseUrl, credential })
        audit({ action: 'provider.add', target: `provider:${made.id}`, after: { name, kind, baseUrl } })
        return { id: made.id }
      })
    }),

  /** Makes a real call to the provider, through the proxy, and offers the models it finds. */
  verify: orgProcedure('provider.write')
    .input(oneInput)
    .mutation(async ({ ctx, input }) => {
      const provider = await providers.one(ctx.db, ctx.org.id, input.id)
      const credential = await providers.sealedCredentialOf(ctx.db, ctx.org.id, input.id)
      if (!provider || credential === undefined) throw gone()
      const found = await askProxyToVerify(ctx.org.id, provider, credential)
      return change(ctx, async (tx, audit) => {
        if (!(await providers.recordVerification(tx, ctx.org.id, input.id, found))) throw gone()
        const after = found.ok ? { ok: true, models: found.models.length } : { ok: false, status: found.status }
        audit({ action: 'provider.verify', target: `provider:${input.id}`, after })
        return found.ok
          ? { ok: true as const, models: found.models.length }
          : { ok: false as const, message: found.message }
      })
    }),

  /** Has a proxy ask the provider for its limits, and stores them with what was learned from traffic. */
  syncLimits: orgProcedure('provider.write')
    .input(oneInput)
    .mutation(async ({ ctx, input }) => {
      const provider = (await providers.callable(ctx.db, ctx.org.id)).find(({ id }) => id === input.id)
      if (!provider) throw gone()
      const learned = await askProxyForLimits(ctx.org.id, provider)
      return change(ctx, async (tx, audit) => {
        const changed = await providerLimits.record(tx, ctx.org.id, learned)
        audit({ action: 'provider.sync-limits', target: `provider:${input.id}`, after: { changed } })
        return { known: learned.length }
      })
    }),

  setCredential: orgProcedure('provider.write')
    .input(oneInput.extend(credentialInput.shape))
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const provider = await providers.one(tx, ctx.org.id, input.id)
        if (!provider) throw gone()
        const credential = sealed(ctx.org.id, provider.id, provider.baseUrl, input.credential)
        await providers.setCredential(tx, ctx.org.id, provider.id, credential)
        audit({
          action: 'provider.replace-credential',
          target: `provider:${provider.id}`,
          before: { last4: provider.credential?.last4 ?? null },
          after: { last4: credential.last4 },
        })
      }),
    ),

  setEnabled: orgProcedure('provider.write')
    .input(enabledInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        if (!(await providers.setEnabled(tx, ctx.org.id, input.id, input.enabled))) throw gone()
        const action = input.enabled ? 'provider.enable' : 'provider.disable'
        audit({ action, target: `provider:${input.id}`, after: { enabled: input.enabled } })
      }),
    ),

  /** Removes a provider and its credential. What was spent with it stays. */
  remove: orgProcedure('provider.write')
    .input(oneInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const provider = await providers.one(tx, ctx.org.id, input.id)
        if (!provider || !(await providers.remove(tx, ctx.org.id, input.id))) throw gone()
        const { name, kind, baseUrl } = provider
        audit({ action: 'provider.remove', target: `provider:${input.id}`, before: { name, kind, baseUrl } })
      }),
    ),

  setModel: orgProcedure('provider.write')
    .input(modelInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const { id: providerId, model: name, enabled } = input
        if (!(await providers.changeModel(tx, ctx.org.id, { providerId, name }, { enabled }))) {
          throw refuse('not-found', 'There is no such model.')
        }
        audit({ action: 'provider.set-model', target: `provider:${providerId}`, after: { model: name, enabled } })
      }),
    ),

  /** Sets the organisation's own price of a model from now on. Earlier charges keep theirs. */
  addPrice: orgProcedure('provider.write')
    .input(oneInput.extend({ model: modelInput.shape.model, ...priceInput.shape }))
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const provider = await providers.one(tx, ctx.org.id, input.id)
        if (!provider?.models.some((model) => model.name === input.model)) {
          throw refuse('not-found', 'There is no such model.')
        }
        const made = await addOverride(tx, ctx.org.id, {
          providerId: provider.id,
          model: input.model,
          effectiveFrom: new Date(),
          inputUncached: input.input,
          inputCacheRead: input.cachedInput,
          outputText: input.output,
          reason: input.reason === '' ? null : input.reason,
          createdBy: ctx.member.id,
        })
        await noteOrgChange(tx, ctx.org.id)
        audit({
          action: 'price.add',
          target: `provider:${provider.id}`,
          after: {
            model: input.model,
            input: String(made.inputUncached),
            output: String(made.outputText),
            reason: made.reason,
          },
        })
      }),
    ),
})
