import { spawn } from 'node:child_process'
import { readInput, type Ask, type Client, type Connection } from '../client.ts'
import { bodyOf } from './openai-chat.ts'

/** An HTTP status that is not 200, as curl shows it. */
class Refused extends Error {
  readonly status: number

  constructor(status: number, body: string) {
    super(body)
    this.status = status
  }
}

/** curl with the line of the README, on OpenAI's chat completions: what people try first. */
export const curl = (name: string): Client => ({
  name,
  async whole(to, ask) {
    const text = await post(to, '/v1/chat/completions', bodyOf(ask))
    return heardOf(JSON.parse(text) as Completion)
  },
  async stream(to, ask) {
    const body = { ...bodyOf(ask), stream: true, stream_options: { include_usage: true } }
    const lines = (await post(to, '/v1/chat/completions', body, ask.leaveAfter)).split('\n')
    const data = lines.flatMap((line) => (line.startsWith('data: ') ? [line.slice('data: '.length)] : []))
    const events = data.filter((text) => text !== '[DONE]').map((text) => JSON.parse(text) as Chunk)
    const broke = events.find(({ error }) => error)
    if (broke?.error) throw new Error(broke.error.message)
    if (ask.leaveAfter === undefined && data.at(-1) !== '[DONE]') throw new Error('The stream has no [DONE]')
    const calls: { id: string; name: string; text: string }[] = []
    for (const { index, id, function: called } of events.flatMap(
      ({ choices }) => choices?.[0]?.delta.tool_calls ?? [],
    )) {
      const call = (calls[index] ??= { id: '', name: '', text: '' })
      call.id ||= id ?? ''
      call.name ||= called?.name ?? ''
      call.text += called?.arguments ?? ''
    }
    const usage = events.find((event) => event.usage)?.usage
    return {
      text: events.map(({ choices }) => choices?.[0]?.delta.content ?? '').join(''),
      calls: calls.map(({ id, name, text }) => ({ id, name, input: readInput(text) })),
      usage: usage ? { input: usage.prompt_tokens, output: usage.completion_tokens } : null,
    }
  },
  async models(to) {
    const { data } = JSON.parse(await run(to, ['/v1/models'])) as { data: { id: string }[] }
    return data.map(({ id }) => id)
  },
  async embed(to, model, input) {
    const { data } = JSON.parse(await post(to, '/v1/embeddings', { model, input })) as {
      data: { embedding: number[] }[]
    }
    return data.map(({ embedding }) => embedding)
  },
})

type Usage = { prompt_tokens: number; completion_tokens: number }
type Call = { index: number; id?: string; function?: { name?: string; arguments?: string } }
type Chunk = {
  choices?: { delta: { content?: string | null; tool_calls?: Call[] } }[]
  usage?: Usage | null
  error?: { message: string }
}
type Completion = {
  choices: {
    message: { content: string | null; tool_calls?: { id: string; function: { name: string; arguments: string } }[] }
  }[]
  usage: Usage
}

const heardOf = ({ choices, usage }: Completion) => ({
  text: choices[0]?.message.content ?? '',
  calls: (choices[0]?.message.tool_calls ?? []).map(({ id, function: called }) => ({
    id,
    name: called.name,
    input: readInput(called.arguments),
  })),
  usage: { input: usage.prompt_tokens, output: usage.completion_tokens },
})

const post = (to: Connection, path: string, body: object, leaveAfter?: Ask['leaveAfter']): Promise<string> =>
  run(to, [path, '-H', 'content-type: application/json', '-d', JSON.stringify(body)], leaveAfter)

/** The body of an answer; of one that is left, what came until so many events were there. */
function run({ url, key }: Connection, [path = '', ...args]: string[], leaveAfter?: number): Promise<string> {
  const child = spawn('curl', [
    '-sN',
    '-w',
    '\n%{http_code}',
    `${url}${path}`,
    '-H',
    `Authorization: Bearer ${key}`,
    ...args,
  ])
  return new Promise((resolve, reject) => {
    let text = ''
    child.on('error', reject)
    child.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString()
      if (leaveAfter !== undefined && text.split('\n\n').length > leaveAfter + 1) child.kill('SIGKILL')
    })
    child.on('close', (code) => {
      if (code === null) return resolve(text.slice(0, text.lastIndexOf('\n\n')))
      const at = text.lastIndexOf('\n')
      const status = Number(text.slice(at + 1))
      if (status === 200) resolve(text.slice(0, at))
      else reject(new Refused(status, text.slice(0, at)))
    })
  })
}
