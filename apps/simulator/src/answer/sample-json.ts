import { type Dice, prose } from '../prose.ts'

type Schema = Record<string, unknown>

const deepest = 8

/** A plausible value of a JSON schema: its required properties, and no more. */
export function sampleOf(schema: unknown, dice: Dice, depth = 0): unknown {
  if (!isSchema(schema) || depth > deepest) return null
  if ('const' in schema) return schema['const']
  if (Array.isArray(schema['enum'])) return schema['enum'][Math.floor(dice() * schema['enum'].length)]
  const choices = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(choices)) return sampleOf(choices[0], dice, depth + 1)
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(schema, dice, depth)
    case 'array':
      return [sampleOf(schema['items'], dice, depth + 1)]
    case 'integer':
    case 'number':
      return numberOf(schema, dice)
    case 'boolean':
      return dice() < 0.5
    case 'null':
      return null
    default:
      return prose(dice, 3, false).join('')
  }
}

function objectOf(schema: Schema, dice: Dice, depth: number): Schema {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const names = required.filter((name): name is string => typeof name === 'string')
  return Object.fromEntries(
    names.map((name) => [name, sampleOf(properties[name] ?? { type: 'string' }, dice, depth + 1)]),
  )
}

function numberOf(schema: Schema, dice: Dice): number {
  const least = typeof schema['minimum'] === 'number' ? Math.ceil(schema['minimum']) : 1
  const most = typeof schema['maximum'] === 'number' ? Math.floor(schema['maximum']) : least + 40
  return least + Math.floor(dice() * Math.max(1, most - least + 1))
}

function typeOf(schema: Schema): unknown {
  if (Array.isArray(schema['type'])) return schema['type'][0]
  return schema['type'] ?? ('properties' in schema ? 'object' : 'string')
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
