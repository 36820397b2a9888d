import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { inheritedEnv } from '../src/env.ts'
import { browserPath } from './env.ts'
import { Problem, step } from './progress.mjs'
import { runTool } from './stage.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const places = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/**
 * A Chromium for the browser journeys: CHROMIUM_PATH, one on the PATH, or Debian's, installed when we are root.
 *
 * @throws Problem saying what to install
 */
export async function findChromium(): Promise<string> {
  const found = browserPath() ?? onPath() ?? places.find((place) => existsSync(place))
  if (found) return found
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    await step('installing chromium', async () => {
      const env = { DEBIAN_FRONTEND: 'noninteractive' }
      await runTool('apt-get', ['-qq', 'update'], { quiet: true, env })
      await runTool('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'chromium'], { quiet: true, env })
    })
    const installed = onPath()
    if (installed) return installed
  }
  throw new Problem('The browser journeys need Chromium: install chromium or set CHROMIUM_PATH to the program.')
}

function onPath(): string | undefined {
  const folders = (inheritedEnv()['PATH'] ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}
