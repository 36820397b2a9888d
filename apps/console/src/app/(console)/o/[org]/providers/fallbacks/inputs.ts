import { mostStandIns } from '@tollkeeper/domain/policy'
import { z } from 'zod'

const model = z.string().trim().min(1, 'Choose a model').max(256, 'Use at most 256 characters')

/** The form "Edit fallback": which models answer instead of one, in order. None: it has no fallback. */
export const fallbackInput = z
  .object({ model, standIns: z.array(model).max(mostStandIns, `Choose at most ${mostStandIns} models`) })
  .superRefine(({ model: first, standIns }, context) => {
    const seen = new Set([first])
    for (const [i, name] of standIns.entries()) {
      if (seen.has(name)) context.addIssue({ code: 'custom', path: ['standIns', i], message: 'Choose each model once' })
      seen.add(name)
    }
  })
