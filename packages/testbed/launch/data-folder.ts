import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Problem } from './progress.mjs'

/** Where one instance keeps everything that outlives a restart. */
export type DataFolder = {
  readonly path: string
  at(...names: string[]): string
  /** Undefined when there is no such file. */
  readJson(name: string): unknown
  /** Readable by the owner only; whole or not at all. */
  writeJson(name: string, value: unknown): void
  remove(name: string): void
}

/** @throws Problem when the folder cannot be made or written to */
export function openDataFolder(path: string): DataFolder {
  try {
    mkdirSync(path, { recursive: true })
    mkdirSync(join(path, 'logs'), { recursive: true, mode: 0o700 })
    // Others may pass through (Postgres runs as another user when we are root), but not look around.
    chmodSync(path, 0o711)
    accessSync(path, constants.W_OK)
    accessSync(join(path, 'logs'), constants.W_OK)
  } catch (cause) {
    throw new Problem(`The data folder ${path} cannot be written to: set DATA_DIR to one that can.`, { cause })
  }
  const at = (...names: string[]) => join(path, ...names)
  return {
    path,
    at,
    readJson: (name) => (existsSync(at(name)) ? JSON.parse(readFileSync(at(name), 'utf8')) : undefined),
    writeJson(name, value) {
      const unfinished = at(`${name}.unfinished`)
      rmSync(unfinished, { force: true })
      writeFileSync(unfinished, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
      renameSync(unfinished, at(name))
    },
    remove: (name) => rmSync(at(name), { force: true }),
  }
}

/** Begins new logs; those of the run before stay beside them as `<name>.log.previous`. */
export function keepPreviousLogs(folder: DataFolder): void {
  for (const name of readdirSync(folder.at('logs')).filter((file) => file.endsWith('.log'))) {
    renameSync(folder.at('logs', name), folder.at('logs', `${name}.previous`))
  }
}
