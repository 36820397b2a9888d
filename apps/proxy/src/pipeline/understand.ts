import type { ChatRequest, Dialect } from '@tollkeeper/domain/chat'
import { step, type Identified, type Understood } from './exchange.ts'

export type Understand = (identified: Identified) => Understood

export type UnderstandDeps = {
  /** Parses and checks a body in the caller's dialect. @throws Failure */
  read: (body: Buffer, dialect: Dialect) => ChatRequest
  monotonic: () => number
}

/** Bytes → a checked request. */
export function makeUnderstand(deps: UnderstandDeps): Understand {
  return (identified) => {
    const { journey } = identified
    const chat = deps.read(identified.body, journey.dialect)
    journey.chat = chat
    step(journey, 'understand', deps.monotonic())
    return { ...identified, chat }
  }
}
