import { expect, it } from 'vitest'
import { changesOf } from './changes.ts'

it('tells what changed, and leaves out what stayed', () => {
  const before = { limitUsd: '5.000000000', mode: 'hard', bucket: null, models: ['a'] }
  const after = { limitUsd: '8.250000000', mode: 'hard', bucket: { capacity: 10 }, models: ['a', 'b'] }
  expect(changesOf(before, after)).toEqual([
    { path: 'bucket.capacity', before: undefined, after: '10' },
    { path: 'limitUsd', before: '$5.00', after: '$8.25' },
    { path: 'models', before: 'a', after: 'a, b' },
  ])
})

it('tells what was there at the beginning and at the end', () => {
  expect(changesOf(null, { name: 'ci', on: true })).toEqual([
    { path: 'name', before: undefined, after: 'ci' },
    { path: 'on', before: undefined, after: 'yes' },
  ])
  expect(changesOf({ name: 'ci' }, null)).toEqual([{ path: 'name', before: 'ci', after: undefined }])
  expect(changesOf(null, null)).toEqual([])
})
