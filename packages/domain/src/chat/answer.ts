import type { TextPart, ThinkingPart, ToolCallPart } from './conversation.ts'
import type { UsageReport } from './usage-report.ts'

/** Why a model stopped. `stop`: it had said everything. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'stop-sequence' | 'refusal'

/** A whole answer of one choice, in no vendor's words. */
export type Answer = {
  id: string
  /** As the provider names it. */
  model: string
  parts: readonly (TextPart | ToolCallPart | ThinkingPart)[]
  finish: FinishReason
  /** The sequence that stopped it, where it is known. */
  stopSequence: string | null
  usage: UsageReport
}

/**
 * One step of an answer that is being written. A tool call is known by its `index` among the answer's calls; steps of
 * several calls may come in turns. `usage` replaces what was reported before; with `last` nothing but the end follows.
 */
export type AnswerEvent =
  | { kind: 'start'; id: string; model: string }
  | { kind: 'text'; text: string }
  | { kind: 'thinking'; text: string }
  | { kind: 'signature'; signature: string }
  | { kind: 'tool-call'; index: number; id: string; name: string }
  | { kind: 'tool-input'; index: number; text: string }
  | { kind: 'finish'; reason: FinishReason; stopSequence: string | null }
  | { kind: 'usage'; report: UsageReport; last: boolean }
  | { kind: 'done' }
  | { kind: 'error' }
