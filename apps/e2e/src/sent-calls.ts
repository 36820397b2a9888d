import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** undici, which is Node's fetch, says on this channel that the head of an answer came. */
const answered = 'undici:request:headers'

type Answered = { request: { origin: string; path: string }; response: { statusCode: number } }

/**
 * Counts the HTTP calls that leave this process for an address while `work` runs, by status, whatever client makes
 * them: an official client keeps its default settings.
 */
export async function countingCalls<T>(
  origin: string,
  work: () => Promise<T>,
): Promise<{ result: T; sent: ReadonlyMap<number, number> }> {
  const sent = new Map<number, number>()
  const onAnswer = (message: unknown) => {
    const { request, response } = message as Answered
    if (request.origin === origin) sent.set(response.statusCode, (sent.get(response.statusCode) ?? 0) + 1)
  }
  subscribe(answered, onAnswer)
  try {
    return { result: await work(), sent }
  } finally {
    unsubscribe(answered, onAnswer)
  }
}
