const filler = 'The quick brown fox jumps over the lazy dog and asks what the answer to all of this may be. '.repeat(9)

let asked = 0

/**
 * A chat completion request of about 1 kB that was never asked before, in this process or another: no cache and no
 * joining of equal requests can answer it.
 */
export function uniquePrompt(stream: boolean): string {
  asked += 1
  const content = `${process.pid}-${process.hrtime.bigint()}-${asked}: ${filler}`
  const messages = [
    { role: 'system', content: 'You are a careful assistant.' },
    { role: 'user', content },
  ]
  const options = stream ? { stream: true, stream_options: { include_usage: true } } : {}
  return JSON.stringify({ model: 'bench-model', messages, max_tokens: 256, ...options })
}
