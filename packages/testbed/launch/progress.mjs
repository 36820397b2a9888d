// Plain JavaScript without dependencies: the toolchain uses it before anything is installed.
import process from 'node:process'

/** A reason to give up that the person at the terminal can act on: one sentence, no stack. */
export class Problem extends Error {
  /**
   * @param {string} message
   * @param {{ cause?: unknown }} [options]
   */
  constructor(message, options) {
    super(message, options)
    this.name = 'Problem'
  }
}

// On a terminal, a line that counts seconds may stand where the next one goes.
const fresh = process.stdout.isTTY ? '\r\u001B[2K' : ''

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${fresh}  ${line}\n`)
}

/**
 * Does `work` and shows what is being done and for how many seconds: a line that counts on a terminal,
 * otherwise one line at the start and one at the end. Work done within half a second is not mentioned.
 *
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const begun = performance.now()
  const seconds = () => `${Math.round((performance.now() - begun) / 1_000)} s`
  let shown = false
  const show = () => {
    if (fresh) process.stdout.write(`${fresh}  ${what} … ${seconds()}`)
    else if (!shown) say(`${what} …`)
    shown = true
  }
  const first = setTimeout(show, 500)
  const ticker = setInterval(show, 1_000)
  /** @param {string} end */
  const finish = (end) => {
    clearTimeout(first)
    clearInterval(ticker)
    if (shown) say(`${what}: ${end} (${seconds()})`)
  }
  try {
    const result = await work()
    finish('done')
    return result
  } catch (error) {
    finish('failed')
    throw error
  }
}

/**
 * Runs a command's main function: a `Problem` (or a `StoreProblem`) becomes its sentence and exit code 1.
 *
 * @param {() => Promise<number | void>} main gives the exit code
 */
export async function runCommand(main) {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const sentence = error.name.endsWith('Problem') ? error.message : (error.stack ?? error.message)
    process.stderr.write(`\n${sentence}\n`)
    process.exitCode = 1
  }
}
