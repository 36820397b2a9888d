import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Agent } from './agent.ts'

type Line = { type?: string; item?: { type?: string; text?: string; exit_code?: number | null } }

/** Codex with the configuration of the README. */
export const codex: Agent = {
  name: 'Codex',
  program: 'codex',
  prepare({ url, key, home }) {
    mkdirSync(join(home, '.codex'))
    const config = `
model = "gpt-5.5"
model_provider = "gateway"
# A search at the provider has a price that nobody can bound.
web_search = "disabled"

[model_providers.gateway]
name = "Gateway"
base_url = "${url}/v1"
env_key = "GATEWAY_KEY"
wire_api = "responses"
`
    writeFileSync(join(home, '.codex/config.toml'), config)
    return { GATEWAY_KEY: key }
  },
  args: (prompt) => ['exec', '--skip-git-repo-check', '--json', prompt],
  read(lines) {
    const items = (lines as Line[]).flatMap(({ type, item }) => (type === 'item.completed' && item ? [item] : []))
    return {
      text: items.findLast(({ type }) => type === 'agent_message')?.text ?? '',
      usedTool: items.some(({ type, exit_code: code }) => type === 'command_execution' && code !== null),
    }
  },
}
