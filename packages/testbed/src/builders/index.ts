export { aKey, type BuiltKey } from './key.ts'
export { aBudget, aLimit, aModel, aPolicy, aProvider, perMillion } from './policy.ts'
export { testCredentialKeys, testPeppers, testPeppersText } from './secrets.ts'
