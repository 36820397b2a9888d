import { openDataFolder } from './data-folder.ts'
import { readLaunchEnv } from './env.ts'
import { Problem, runCommand, say, step } from './progress.mjs'
import { ends, forgetRun, lives, readRun, stopLeftovers } from './run-file.ts'

const orderlyMs = 120_000

/** Stops what `npm start` started, also when that was killed, and nothing else. */
async function main(): Promise<void> {
  const folder = openDataFolder(readLaunchEnv().DATA_DIR)
  const run = readRun(folder)
  if (!run || ![run.launcher, ...run.processes].some(lives)) return say('nothing is running')
  const { launcher } = run
  if (lives(launcher)) {
    process.kill(launcher.pid, 'SIGTERM')
    const ended = await step('stopping', () => ends(launcher, orderlyMs))
    if (!ended) throw new Problem(`\`npm start\` (process ${launcher.pid}) does not end: look at its terminal.`)
  }
  // The launcher leaves none behind unless it was killed.
  const left = await stopLeftovers(readRun(folder)?.processes ?? [])
  forgetRun(folder)
  folder.remove('ready.json')
  say(left.length > 0 ? `stopped ${left.join(', ')}` : 'everything is stopped')
}

await runCommand(main)
