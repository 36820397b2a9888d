/**
 * Runs once before the server answers: with a wrong environment it does not start at all. Next also compiles this file
 * for another runtime, which knows no process; the condition, in exactly this form, keeps the rest out of it.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('#start.ts')
}
