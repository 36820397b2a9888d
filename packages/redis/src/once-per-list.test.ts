import type { OrgId } from '@tollkeeper/domain/id'
import { expect, it } from 'vitest'
import { oncePerList } from './once-per-list.ts'

const acme = 'org_acme' as OrgId
const other = 'org_other' as OrgId

it('builds once for a list, and anew for another list with the same content', () => {
  let built = 0
  const keysOf = oncePerList((orgId, list: readonly string[]) => {
    built += 1
    return list.map((id) => `${orgId}/${id}`)
  })
  const list = ['a', 'b']
  expect([keysOf(acme, list), keysOf(acme, list), built]).toEqual([
    ['org_acme/a', 'org_acme/b'],
    ['org_acme/a', 'org_acme/b'],
    1,
  ])
  keysOf(acme, ['a', 'b'])
  expect(built).toBe(2)
})

it('never gives one organisation what was built for another, even for the very same list', () => {
  const keysOf = oncePerList((orgId, list: readonly string[]) => list.map((id) => `${orgId}/${id}`))
  const list = ['a']
  expect([keysOf(acme, list), keysOf(other, list), keysOf(acme, list)]).toEqual([
    ['org_acme/a'],
    ['org_other/a'],
    ['org_acme/a'],
  ])
})
