import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from './processes/at-exit.ts'

/** A new folder that goes when `remove` is called, or at the latest when this process ends in good order. */
export function temporaryFolder(
  name: string,
  within = tmpdir(),
): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(within, `testbed-${name}-`))
  // A server that is just dying may still write.
  const removeIt = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  const nevermind = atExit(removeIt)
  return {
    path,
    remove: () => {
      nevermind()
      removeIt()
    },
  }
}
