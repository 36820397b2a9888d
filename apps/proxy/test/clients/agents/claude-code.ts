import type { Agent } from './agent.ts'

type Line = {
  type?: string
  result?: string
  message?: { content?: { type: string }[] | string }
}

/** Claude Code with the environment of the README. */
export const claudeCode: Agent = {
  name: 'Claude Code',
  program: 'claude',
  prepare: ({ url, key }) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: key,
    // What it would otherwise ask other addresses for.
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
  }),
  args: (prompt) => [
    '-p',
    prompt,
    '--model',
    'claude-sonnet-4-6',
    '--tools',
    'Read',
    '--output-format',
    'stream-json',
    '--verbose',
  ],
  read(lines) {
    const all = lines as Line[]
    const blocks = all.flatMap(({ message }) => (Array.isArray(message?.content) ? message.content : []))
    return {
      text: all.find(({ type }) => type === 'result')?.result ?? '',
      usedTool: blocks.some(({ type }) => type === 'tool_use') && blocks.some(({ type }) => type === 'tool_result'),
    }
  },
}
