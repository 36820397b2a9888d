export { end, give, live, longestRaiseMs, type GivenRaise } from './raise.ts'
export {
  ask,
  decide,
  isSamePerson,
  oneRequest,
  requests,
  withdraw,
  type DecisionRefusal,
  type RaiseRequest,
  type RaiseState,
} from './request.ts'
