import { randomBytes } from 'node:crypto'
import { newId } from '@tollkeeper/domain/id'

/** A new random id of a noun, such as `team_4fQ…`. */
export const makeId = <Kind extends Parameters<typeof newId>[0]>(kind: Kind) => newId(kind, randomBytes)
