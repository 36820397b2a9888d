import { invalid, isGiven, isObject, unsupported, type Fields } from '../field.ts'

/** Most tools of one request, as at OpenAI. */
const maxTools = 128

const priced = new Set(['function', 'custom'])

/** What the model reads besides the messages, after checking that none of it runs on the provider's side. */
export function readDefinitions(body: Fields): unknown[] {
  const definitions: unknown[] = []
  for (const name of ['tools', 'functions']) {
    const list = body[name]
    if (!isGiven(list)) continue
    if (!Array.isArray(list)) throw invalid(name, `"${name}" must be a list.`)
    if (list.length > maxTools) throw invalid(name, `"${name}" may hold at most ${maxTools} entries.`)
    if (name === 'tools') list.forEach(checkTool)
    if (list.length > 0) definitions.push(list)
  }
  const format = body['response_format']
  if (isGiven(format)) {
    if (!isObject(format)) throw invalid('response_format', '"response_format" must be an object.')
    if (isGiven(format['json_schema'])) definitions.push(format['json_schema'])
  }
  return definitions
}

function checkTool(tool: unknown, index: number): void {
  if (!isObject(tool) || typeof tool['type'] !== 'string')
    throw invalid(`tools[${index}]`, 'Each tool must be an object with a type.')
  const type = tool['type']
  if (!priced.has(type))
    throw unsupported(
      `tools[${index}].type`,
      'tools that run at the provider have a price per call that is not bounded here',
    )
  const definition = tool[type]
  if (!isObject(definition) || typeof definition['name'] !== 'string')
    throw invalid(`tools[${index}].${type}`, 'Each tool must have a name.')
}
