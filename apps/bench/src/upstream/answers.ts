const identity = { id: 'chatcmpl-bench', created: 1_760_000_000, model: 'bench-model' }
const usage = { prompt_tokens: 180, completion_tokens: 50, total_tokens: 230 }

/** A whole chat completion of 1,024 bytes with usage, as OpenAI writes it. */
export const wholeAnswer: Buffer = answerOf(1_024)

/** Events of one streamed answer: 48 with text, one with the reason it ended, one with the usage; then the end mark. */
const eventCount = 50
export const streamedEvents: readonly Buffer[] = eventsOf(eventCount)
export const endMark: Buffer = Buffer.from('data: [DONE]\n\n')

function answerOf(bytes: number): Buffer {
  const body = (content: string) => {
    const message = { role: 'assistant', content }
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
    return Buffer.from(JSON.stringify({ ...identity, object: 'chat.completion', choices, usage }))
  }
  return body('word '.repeat(bytes).slice(0, bytes - body('').length))
}

function eventsOf(count: number): Buffer[] {
  const event = (choices: unknown[], counted: typeof usage | null) => {
    const chunk = { ...identity, object: 'chat.completion.chunk', choices, usage: counted }
    return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`)
  }
  const choice = (delta: object, reason: string | null) => [{ index: 0, delta, logprobs: null, finish_reason: reason }]
  const texts = Array.from({ length: count - 2 }, (_, at) => event(choice({ content: ` word${at}` }, null), null))
  return [...texts, event(choice({}, 'stop'), null), event([], usage)]
}
