import { invalid, isGiven, isObject, unsupported, type Fields } from '../field.ts'

/** Most tools of one request, as for other callers. */
const maxTools = 512

/** Checks that every tool runs at the caller. @throws Failure */
export function readTools(tools: unknown): readonly Fields[] {
  if (!isGiven(tools)) return []
  if (!Array.isArray(tools)) throw invalid('tools', '"tools" must be a list.')
  if (tools.length > maxTools) throw invalid('tools', `"tools" may hold at most ${maxTools} entries.`)
  tools.forEach((tool: unknown, index) => {
    const where = `tools[${index}]`
    if (!isObject(tool)) throw invalid(where, 'Each tool must be an object.')
    const { type } = tool
    if (isGiven(type) && type !== 'custom')
      throw unsupported(`${where}.type`, 'the price of tools that the provider defines is not bounded here')
    if (typeof tool['name'] !== 'string') throw invalid(`${where}.name`, 'Each tool must have a name.')
    if (!isObject(tool['input_schema'])) throw invalid(`${where}.input_schema`, 'Each tool must have a schema.')
  })
  return tools as readonly Fields[]
}
