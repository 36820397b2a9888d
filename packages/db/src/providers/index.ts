export {
  create,
  newProviderId,
  remove,
  setCredential,
  setEnabled,
  update,
  type Credential,
  type NewProvider,
} from './change.ts'
export { addModels, changeModel, recordVerification, type FoundModel, type ModelChange } from './models.ts'
export {
  callable,
  list,
  one,
  sealedCredentialOf,
  type Provider,
  type ProviderModel,
  type Verification,
} from './provider.ts'
