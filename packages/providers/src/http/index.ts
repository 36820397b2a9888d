export { makeCaller, type Caller, type CallerOptions, type CallOptions } from './caller.ts'
export { forbiddenAddress, type Resolve } from './guarded-connector.ts'
export type {
  Answered,
  Outcome,
  ReplyHeaders,
  StreamListener,
  Streaming,
  Unanswered,
  UpstreamStream,
} from './outcome.ts'
