import OpenAI from 'openai'
import {
  type BehaviourChange,
  type Call,
  type CallPage,
  type Simulator,
  type Totals,
  startSimulator,
} from '../src/index.ts'

type Sending = { headers?: Record<string, string>; signal?: AbortSignal }

export type Simulated = Simulator & {
  client: OpenAI
  /** Sends a body, given as text or as a value, and gives the raw response. */
  post(body: unknown, init?: Sending): Promise<Response>
  behave(change: BehaviourChange): Promise<void>
  totals(): Promise<Totals>
  calls(): Promise<Call[]>
}

/** A simulator of its own for one test file, with the official client pointed at it. */
export async function simulated(options: Parameters<typeof startSimulator>[0] = {}): Promise<Simulated> {
  const simulator = await startSimulator(options)
  const { url } = simulator
  const read = async <T>(path: string) => json<T>(await fetch(`${url}${path}`))
  return {
    ...simulator,
    client: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-simulated-1234', maxRetries: 0 }),
    post: (body, init) =>
      fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...init?.headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(init?.signal && { signal: init.signal }),
      }),
    behave: async (change) => {
      const answer = await fetch(`${url}/__sim/behaviour`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(change),
      })
      if (!answer.ok) throw new Error(await answer.text())
    },
    totals: () => read<Totals>('/__sim/totals'),
    calls: async () => (await read<CallPage>('/__sim/calls')).calls,
  }
}

/** The body of an answer, of the type the test expects and then checks. */
export const json = async <T>(answer: Response) => (await answer.json()) as T

/** An error as OpenAI sends it. */
export type ErrorBody = { error: { message: string; type: string; param: string | null; code: string | null } }

/** A chat body with one message of the user. */
export const ask = (content: string, rest: object = {}) => ({
  model: 'gpt-4o',
  messages: [{ role: 'user' as const, content }],
  ...rest,
})
