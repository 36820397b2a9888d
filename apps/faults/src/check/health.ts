import { finding, type Evidence, type Finding } from './evidence.ts'

const bad = /unhandled|uncaught|heap out of memory|MaxListenersExceeded/i

/** No process ever said that something was thrown which nobody caught. */
export const unhandled = ({ logs }: Evidence): Finding =>
  finding(
    'unhandled errors',
    logs.flatMap(({ name, text }) =>
      text
        .split('\n')
        .filter((line) => bad.test(line))
        .map((line) => `${name}: ${line.slice(0, 300)}`),
    ),
  )

/** What a young heap may take before it is worth collecting, in MiB: runs are short. */
const slackMiB = 64

/** No process grows by more than a fifth, beyond what a young heap takes anyway. */
export const growth = ({ memory }: Evidence): Finding =>
  finding(
    'memory growth',
    memory
      .filter(({ beforeMiB, afterMiB }) => afterMiB > 1.2 * beforeMiB + slackMiB)
      .map(({ name, beforeMiB, afterMiB }) => `${name}: ${Math.round(beforeMiB)} → ${Math.round(afterMiB)} MiB`),
  )
