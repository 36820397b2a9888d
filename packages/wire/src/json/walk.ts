/** What a parsed document holds: the number of its keys, or the first thing that is refused. */
export type Walked = { keys: number; problem: string | undefined }

/** Visits every value of a parsed document, whose depth is known to be small. */
export function walk(value: unknown): Walked {
  const walked: Walked = { keys: 0, problem: undefined }
  visit(value, walked)
  return walked
}

function visit(value: unknown, walked: Walked): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) walked.problem ??= 'a number in it is too large'
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' || typeof item === 'number') visit(item, walked)
    return
  }
  for (const key in value) {
    walked.keys += 1
    const item = (value as Record<string, unknown>)[key]
    // JSON.parse makes it an own property, which turns into a prototype when the value is copied.
    if (key === '__proto__') walked.problem ??= 'the key "__proto__" is not allowed'
    else if (key === 'constructor' && typeof item === 'object' && item !== null && Object.hasOwn(item, 'prototype'))
      walked.problem ??= 'the key "constructor.prototype" is not allowed'
    if (typeof item === 'object' || typeof item === 'number') visit(item, walked)
  }
}
