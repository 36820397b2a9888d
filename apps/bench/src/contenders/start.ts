import type { Contender, ContenderChoice, Started } from './contender.ts'
import { startGateway } from './gateway.ts'
import { startOwn } from './node-process.ts'

/** Starts a contender in front of `upstream`. */
export async function startContender(
  started: Started,
  name: string,
  choice: ContenderChoice,
  upstream: string,
): Promise<Contender> {
  switch (choice.kind) {
    case 'bare':
      return { name, ...(await startOwn(started, name, 'bare/main.ts', [upstream])), keys: ['no-key'] }
    case 'gateway':
      return startGateway(started, name, choice.checkout, upstream)
  }
}
