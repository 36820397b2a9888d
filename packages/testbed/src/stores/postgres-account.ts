import { spawnSync } from 'node:child_process'
import { chownSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PostgresBinaries } from './postgres-binaries.ts'
import { StoreProblem } from './store-problem.ts'

/**
 * As whom PostgreSQL runs, which refuses to be root:
 * - `self`: we are not root ourselves;
 * - `nobody`: root gives its rights up;
 * - `namespace`: the files lie below a folder that only root may enter (say /root), so PostgreSQL stays
 *   root on the file system and is an ordinary user in a user namespace of its own.
 */
export type PostgresAccount =
  | { readonly kind: 'self' }
  | { readonly kind: 'nobody'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'namespace' }

const namespace = ['--user', '--map-user=1000', '--map-group=1000', '--']

/**
 * Chooses the account; `folder` exists.
 *
 * @throws StoreProblem when we are root and no other account may read the files
 */
export function postgresAccount(folder: string, { postgres }: PostgresBinaries): PostgresAccount {
  if (process.getuid?.() !== 0) return { kind: 'self' }
  const nobody = accountOfNobody()
  const reach = ['-c', 'test -x "$0" && test -x "$1"', postgres, folder]
  if (nobody && spawnSync('sh', reach, { ...nobody, cwd: '/' }).status === 0) {
    return { kind: 'nobody', ...nobody }
  }
  const inNamespace = spawnSync('unshare', [...namespace, postgres, '--version'], { cwd: '/' })
  if (inNamespace.status === 0) return { kind: 'namespace' }
  throw new StoreProblem(
    `PostgreSQL does not run as root and no other user may enter ${folder}: put the checkout where others may read it, start as an ordinary user, or set DATABASE_URL.`,
  )
}

/** The account "nobody" as /etc/passwd has it: PostgreSQL refuses a user without a name. */
function accountOfNobody(): { uid: number; gid: number } | undefined {
  const entry = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))
  return entry ? { uid: Number(entry[1]), gid: Number(entry[2]) } : undefined
}

/** Command line and spawn options that run a PostgreSQL program under an account. */
export function underAccount(account: PostgresAccount, command: string, args: readonly string[]) {
  if (account.kind === 'namespace') return { command: 'unshare', args: [...namespace, command, ...args] }
  if (account.kind === 'self') return { command, args }
  return { command, args, account: { uid: account.uid, gid: account.gid } }
}

/** Makes a file, or a folder with everything in it, belong to the account. */
export function giveTo(account: PostgresAccount, path: string): void {
  if (account.kind === 'self') return
  const { uid, gid } = account.kind === 'nobody' ? account : { uid: 0, gid: 0 }
  const status = lstatSync(path)
  // A checkout that was moved may have changed the kind of account: then the whole cluster changes hands.
  if (status.uid === uid && status.gid === gid) return
  if (status.isDirectory()) for (const name of readdirSync(path)) giveTo(account, join(path, name))
  if (!status.isSymbolicLink()) chownSync(path, uid, gid)
}
