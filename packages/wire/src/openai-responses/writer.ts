import type { Answer, AnswerEvent, FinishReason } from '@tollkeeper/domain/chat'
import type { Failure } from '@tollkeeper/domain/failure'
import type { Charged, StreamOptions, StreamWriter } from '../dialect/wire-dialect.ts'
import { eventOf, failedFrame } from './failed.ts'
import { endOf, itemIdOf, itemOf, responseHead, summaryPart, textPart } from './output.ts'
import { usageBody } from './usage.ts'

/** Writes neutral events as a stream of responses. */
export function makeWriter(options: StreamOptions): StreamWriter {
  const response = new StreamedResponse(options)
  return {
    write: (event) => response.write(event),
    ending: (charged) => response.end(charged),
    errorFrame: (failure) => response.fail(failure),
  }
}

type Part = Answer['parts'][number]
type Item = { index: number; id: string; part: Part; open: boolean }

class StreamedResponse {
  readonly #atMs: number
  #head: ReturnType<typeof responseHead>
  #out: Buffer[] = []
  #events = 0
  #started = false
  readonly #items: Item[] = []
  /** Items of calls by the number of the call; several may be written in turns. */
  readonly #calls = new Map<number, Item>()
  #finish: FinishReason = 'stop'
  #reasoning: number | undefined

  constructor({ atMs }: StreamOptions) {
    this.#atMs = atMs
    this.#head = responseHead('0', '', atMs)
  }

  write(event: AnswerEvent): Buffer | undefined {
    this.#take(event)
    return this.#taken()
  }

  end({ tokens, costUsd }: Charged): Buffer {
    this.#start('0', '')
    for (const item of this.#items) this.#close(item)
    const end = endOf(this.#finish)
    this.#say(`response.${end.status}`, {
      response: {
        ...this.#head,
        ...end,
        output: this.#items.map((item) => this.#whole(item)),
        usage: { ...usageBody(tokens, this.#reasoning), cost: costUsd },
      },
    })
    return this.#taken() ?? Buffer.alloc(0)
  }

  fail(failure: Failure): Buffer {
    return failedFrame(failure, { events: this.#events, response: { ...this.#head, output: [] } })
  }

  #take(event: AnswerEvent): void {
    switch (event.kind) {
      case 'start':
        return this.#start(event.id, event.model)
      case 'text':
        return this.#text(event.text)
      case 'thinking':
        return this.#thought(event.text)
      case 'signature': {
        const item = this.#last('thinking')
        if (item?.part.kind === 'thinking') item.part.signature = event.signature
        return
      }
      case 'tool-call': {
        const { index, id, name } = event
        this.#calls.set(index, this.#open({ kind: 'tool-call', id, name, input: '' }))
        return
      }
      case 'tool-input': {
        const item = this.#calls.get(event.index)
        if (item?.part.kind !== 'tool-call') return
        item.part.input += event.text
        return this.#delta('function_call_arguments', item, { delta: event.text })
      }
      case 'finish':
        this.#finish = event.reason
        return
      case 'usage':
        if (event.report.kind === 'usage') this.#reasoning = event.report.reasoning
        return
      case 'done':
      case 'error':
    }
  }

  #start(id: string, model: string): void {
    if (this.#started) return
    this.#started = true
    this.#head = responseHead(id, model, this.#atMs)
    const response = { ...this.#head, status: 'in_progress', incomplete_details: null, output: [], usage: null }
    this.#say('response.created', { response })
    this.#say('response.in_progress', { response })
  }

  #text(text: string): void {
    const item = this.#last('text') ?? this.#open({ kind: 'text', text: '' })
    if (item.part.kind === 'text') item.part.text += text
    this.#delta('output_text', item, { content_index: 0, delta: text, logprobs: [] })
  }

  #thought(text: string): void {
    const item = this.#last('thinking') ?? this.#open({ kind: 'thinking', text: '', signature: null })
    if (item.part.kind === 'thinking') item.part.text += text
    this.#delta('reasoning_summary_text', item, { summary_index: 0, delta: text })
  }

  /** The item that is being written, if it is of that kind. */
  #last(kind: Part['kind']): Item | undefined {
    const item = this.#items.at(-1)
    return item?.open && item.part.kind === kind ? item : undefined
  }

  #open(part: Part): Item {
    const before = this.#items.at(-1)
    if (before && before.part.kind !== 'tool-call') this.#close(before)
    const index = this.#items.length
    const item = { index, id: itemIdOf(this.#head.id, index, part.kind), part, open: true }
    this.#items.push(item)
    this.#say('response.output_item.added', { output_index: index, item: begun(item) })
    const at = { item_id: item.id, output_index: index }
    if (part.kind === 'text') this.#say('response.content_part.added', { ...at, content_index: 0, part: textPart('') })
    if (part.kind === 'thinking')
      this.#say('response.reasoning_summary_part.added', { ...at, summary_index: 0, part: summaryPart('') })
    return item
  }

  #close(item: Item): void {
    if (!item.open) return
    item.open = false
    const { part } = item
    const at = { item_id: item.id, output_index: item.index }
    if (part.kind === 'text') {
      const { text } = part
      this.#say('response.output_text.done', { ...at, content_index: 0, text, logprobs: [] })
      this.#say('response.content_part.done', { ...at, content_index: 0, part: textPart(text) })
    } else if (part.kind === 'thinking') {
      const { text } = part
      this.#say('response.reasoning_summary_text.done', { ...at, summary_index: 0, text })
      this.#say('response.reasoning_summary_part.done', { ...at, summary_index: 0, part: summaryPart(text) })
    } else this.#say('response.function_call_arguments.done', { ...at, arguments: part.input })
    this.#say('response.output_item.done', { output_index: item.index, item: this.#whole(item) })
  }

  #whole({ part, id, index }: Item): object {
    const cut = endOf(this.#finish).status === 'incomplete' && index === this.#items.length - 1
    return itemOf(part, id, cut ? 'incomplete' : 'completed')
  }

  #delta(what: string, { id, index }: Item, fields: object): void {
    this.#say(`response.${what}.delta`, { item_id: id, output_index: index, ...fields })
  }

  #say(type: string, fields: object): void {
    this.#out.push(eventOf(type, this.#events, fields))
    this.#events += 1
  }

  #taken(): Buffer | undefined {
    if (this.#out.length === 0) return undefined
    const bytes = Buffer.concat(this.#out)
    this.#out = []
    return bytes
  }
}

/** An item before anything of it was written. */
function begun({ id, part }: Item): object {
  if (part.kind === 'text') return { id, type: 'message', role: 'assistant', status: 'in_progress', content: [] }
  if (part.kind === 'thinking') return { id, type: 'reasoning', summary: [] }
  return { ...itemOf(part, id, 'in_progress') }
}
