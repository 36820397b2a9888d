/** What a snippet is made of. */
export type SnippetInputs = {
  /** Address of the gateway without `/v1` and without a slash at its end. */
  gateway: string
  /** A gateway key, or what stands for one. */
  key: string
  /** A model the key may use. */
  model: string
}

/** One way to call the gateway that works today. */
export type Client = {
  id: 'curl' | 'openai-js' | 'openai-python' | 'anthropic-js' | 'ai-sdk' | 'langchain' | 'claude-code' | 'codex'
  /** Name of its tab. */
  label: string
  /** Where the text goes: a terminal or a file. */
  place: string
  /** What has to be installed first; null when nothing. */
  install: string | null
  /** A program that asks the model to say hi and prints its answer, or what an agent needs to work with the model. */
  snippet: (inputs: SnippetInputs) => string
}

/** Stands for a key in snippets where none is at hand. */
export const keyVariable = '$GATEWAY_KEY'

/** For strings in JavaScript, Python and JSON alike. */
const text = (value: string): string => JSON.stringify(value)

/** For the shell: what stands between double quotes, in which `$GATEWAY_KEY` is still replaced. */
const inDoubleQuotes = (value: string): string =>
  value === keyVariable ? value : value.replace(/[\\"$`]/g, (sign) => `\\${sign}`)

const inSingleQuotes = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`

const js = (key: string): string => (key === keyVariable ? 'process.env.GATEWAY_KEY' : text(key))
const python = (key: string): string => (key === keyVariable ? 'os.environ["GATEWAY_KEY"]' : text(key))

const hello = 'Say hi'

/** Every client of the Connect page, in the order of its tabs. */
export const clients: readonly Client[] = [
  {
    id: 'curl',
    label: 'curl',
    place: 'Terminal',
    install: null,
    snippet: ({ gateway, key, model }) => {
      const body = JSON.stringify({ model, messages: [{ role: 'user', content: hello }] })
      return [
        `curl ${inSingleQuotes(`${gateway}/v1/chat/completions`)} \\`,
        `  -H "Authorization: Bearer ${inDoubleQuotes(key)}" \\`,
        `  -H 'Content-Type: application/json' \\`,
        `  -d ${inSingleQuotes(body)}`,
      ].join('\n')
    },
  },
  {
    id: 'openai-js',
    label: 'OpenAI SDK (JavaScript)',
    place: 'hi.mjs',
    install: 'npm install openai',
    snippet: ({ gateway, key, model }) => `import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: ${text(`${gateway}/v1`)},
  apiKey: ${js(key)},
})

const answer = await client.chat.completions.create({
  model: ${text(model)},
  messages: [{ role: 'user', content: ${text(hello)} }],
})
console.log(answer.choices[0].message.content)`,
  },
  {
    id: 'openai-python',
    label: 'OpenAI SDK (Python)',
    place: 'hi.py',
    install: 'pip install openai',
    snippet: ({ gateway, key, model }) => `${key === keyVariable ? 'import os\n' : ''}from openai import OpenAI

client = OpenAI(
    base_url=${text(`${gateway}/v1`)},
    api_key=${python(key)},
)

answer = client.chat.completions.create(
    model=${text(model)},
    messages=[{"role": "user", "content": ${text(hello)}}],
)
print(answer.choices[0].message.content)`,
  },
  {
    id: 'anthropic-js',
    label: 'Anthropic SDK',
    place: 'hi.mjs',
    install: 'npm install @anthropic-ai/sdk',
    snippet: ({ gateway, key, model }) => `import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({
  baseURL: ${text(gateway)},
  apiKey: ${js(key)},
})

const message = await client.messages.create({
  model: ${text(model)},
  max_tokens: 200,
  messages: [{ role: 'user', content: ${text(hello)} }],
})
console.log(message.content[0].text)`,
  },
  {
    id: 'ai-sdk',
    label: 'Vercel AI SDK',
    place: 'hi.mjs',
    install: 'npm install ai @ai-sdk/openai',
    snippet: ({ gateway, key, model }) => `import { createOpenAI } from '@ai-sdk/openai'
import { generateText } from 'ai'

const gateway = createOpenAI({
  baseURL: ${text(`${gateway}/v1`)},
  apiKey: ${js(key)},
})

const { text } = await generateText({
  model: gateway.chat(${text(model)}),
  prompt: ${text(hello)},
})
console.log(text)`,
  },
  {
    id: 'langchain',
    label: 'LangChain',
    place: 'hi.mjs',
    install: 'npm install @langchain/openai @langchain/core',
    snippet: ({ gateway, key, model }) => `import { ChatOpenAI } from '@langchain/openai'

const chat = new ChatOpenAI({
  model: ${text(model)},
  apiKey: ${js(key)},
  configuration: { baseURL: ${text(`${gateway}/v1`)} },
})

const answer = await chat.invoke(${text(hello)})
console.log(answer.content)`,
  },
  {
    id: 'claude-code',
    label: 'Claude Code',
    place: 'Terminal',
    install: 'npm install --global @anthropic-ai/claude-code',
    snippet: ({ gateway, key, model }) =>
      [
        `export ANTHROPIC_BASE_URL=${inSingleQuotes(gateway)}`,
        `export ANTHROPIC_AUTH_TOKEN="${inDoubleQuotes(key)}"`,
        `claude --model "${inDoubleQuotes(model)}" "${hello}"`,
      ].join('\n'),
  },
  {
    id: 'codex',
    label: 'Codex',
    place: '~/.codex/config.toml',
    install: 'npm install --global @openai/codex',
    snippet: ({
      gateway,
      key,
      model,
    }) => `# Before: export GATEWAY_KEY="${key === keyVariable ? '…' : inDoubleQuotes(key)}"
model = ${text(model)}
model_provider = "gateway"
# Searching the web runs at the provider, at a price that no budget can bound.
web_search = "disabled"

[model_providers.gateway]
name = "Gateway"
base_url = ${text(`${gateway}/v1`)}
env_key = "GATEWAY_KEY"
wire_api = "responses"`,
  },
]

/** Lines for a `.env` file that OpenAI's clients read by themselves. */
export const envFile = ({ gateway, key }: Pick<SnippetInputs, 'gateway' | 'key'>): string =>
  `OPENAI_BASE_URL=${gateway}/v1\nOPENAI_API_KEY=${key}\n`
