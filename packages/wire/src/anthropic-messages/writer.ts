import type { AnswerEvent, FinishReason } from '@tollkeeper/domain/chat'
import type { Charged, StreamOptions, StreamWriter } from '../dialect/wire-dialect.ts'
import { eventFrameOf } from '../event-stream/index.ts'
import { ending } from './events.ts'
import { usageBody } from './usage.ts'
import { finishName, idOf } from './whole.ts'

/** Writes neutral events as a stream of messages, in the order that clients insist on (wire.md 2.7). */
export function makeWriter(options: StreamOptions): StreamWriter {
  const message = new StreamedMessage(options)
  return { write: (event) => message.write(event), ending: (charged) => message.end(charged) }
}

type Kind = 'text' | 'thinking' | 'tool'
/** A call that waits until the one before it is complete: blocks come one after the other here. */
type Waiting = { id: string; name: string; input: string }

class StreamedMessage {
  readonly #inputTokens: number
  #out: Buffer[] = []
  #started = false
  #block = -1
  #open: Kind | undefined
  /** Number of the call whose block is open. */
  #call = -1
  readonly #waiting = new Map<number, Waiting>()
  #waitingText = ''
  #finish: FinishReason = 'stop'
  #stopSequence: string | null = null

  constructor({ inputTokens }: StreamOptions) {
    this.#inputTokens = inputTokens
  }

  write(event: AnswerEvent): Buffer | undefined {
    this.#take(event)
    return this.#taken()
  }

  end({ tokens, costUsd }: Charged): Buffer {
    this.#start('', '')
    this.#complete()
    this.#say('message_delta', {
      delta: { stop_reason: finishName(this.#finish), stop_sequence: this.#stopSequence },
      usage: { ...usageBody(tokens), cost: costUsd },
    })
    return Buffer.concat([this.#taken() ?? Buffer.alloc(0), ending({ tokens, costUsd })])
  }

  #take(event: AnswerEvent): void {
    switch (event.kind) {
      case 'start':
        return this.#start(event.id, event.model)
      case 'text':
        if (this.#open === 'tool') this.#waitingText += event.text
        else this.#delta('text', { type: 'text_delta', text: event.text })
        return
      case 'thinking':
        if (this.#open !== 'tool') this.#delta('thinking', { type: 'thinking_delta', thinking: event.text })
        return
      case 'signature':
        if (this.#open === 'thinking') this.#goOn({ type: 'signature_delta', signature: event.signature })
        return
      case 'tool-call':
        if (this.#open === 'tool') this.#waiting.set(event.index, { id: event.id, name: event.name, input: '' })
        else this.#beginCall(event.index, event)
        return
      case 'tool-input':
        return this.#input(event.index, event.text)
      case 'finish':
        this.#finish = event.reason
        this.#stopSequence = event.stopSequence
        return this.#complete()
      case 'usage':
      case 'done':
      case 'error':
    }
  }

  #start(id: string, model: string): void {
    if (this.#started) return
    this.#started = true
    const usage = { ...usageBody({ inputUncached: this.#inputTokens }), output_tokens: 0 }
    this.#say('message_start', {
      message: {
        id: idOf(id),
        type: 'message',
        role: 'assistant',
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage,
      },
    })
  }

  #delta(kind: Kind, delta: object): void {
    if (this.#open !== kind) {
      this.#begin(
        kind,
        kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' },
      )
    }
    this.#goOn(delta)
  }

  #input(index: number, text: string): void {
    if (this.#open === 'tool' && index === this.#call)
      return this.#goOn({ type: 'input_json_delta', partial_json: text })
    const waiting = this.#waiting.get(index)
    if (waiting) waiting.input += text
  }

  #beginCall(index: number, { id, name }: { id: string; name: string }): void {
    this.#call = index
    this.#begin('tool', { type: 'tool_use', id, name, input: {} })
  }

  #begin(kind: Kind, block: object): void {
    this.#stop()
    this.#block += 1
    this.#open = kind
    this.#say('content_block_start', { index: this.#block, content_block: block })
  }

  #goOn(delta: object): void {
    this.#say('content_block_delta', { index: this.#block, delta })
  }

  #stop(): void {
    if (this.#open) this.#say('content_block_stop', { index: this.#block })
    this.#open = undefined
  }

  /** Writes what waited, and closes the last block. */
  #complete(): void {
    this.#stop()
    for (const [index, { id, name, input }] of this.#waiting) {
      this.#beginCall(index, { id, name })
      if (input !== '') this.#goOn({ type: 'input_json_delta', partial_json: input })
      this.#stop()
    }
    this.#waiting.clear()
    if (this.#waitingText !== '') this.#delta('text', { type: 'text_delta', text: this.#waitingText })
    this.#waitingText = ''
    this.#stop()
  }

  #say(type: string, data: object): void {
    this.#out.push(eventFrameOf(type, JSON.stringify({ type, ...data })))
  }

  #taken(): Buffer | undefined {
    if (this.#out.length === 0) return undefined
    const bytes = Buffer.concat(this.#out)
    this.#out = []
    return bytes
  }
}
