import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './env.ts'
import { runCommand } from './progress.mjs'

/** Runs the fault lab beside whatever else runs: it starts stores and processes of its own, and breaks only those. */
async function main(): Promise<number> {
  const lab = spawn(process.execPath, [join(root, 'apps/faults/src/main.ts'), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  })
  // Ctrl-C reaches the lab as well: it tidies up, and then so do we.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void lab.kill(signal))
  return new Promise<number>((resolve, reject) => {
    lab.once('error', reject)
    lab.once('exit', (code) => resolve(code ?? 130))
  })
}

await runCommand(main)
