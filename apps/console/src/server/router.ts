import { settingsProcedures } from '../app/(console)/o/[org]/settings/procedures.ts'
import { inviteProcedures } from '../app/(auth)/invite/procedures.ts'
import { setupProcedures } from '../app/(auth)/setup/procedures.ts'
import { welcomeProcedures } from '../app/(auth)/welcome/procedures.ts'
import { router } from '#server/trpc.ts'

/** Every procedure of the console: one line per page. */
export const appRouter = router({
  invite: inviteProcedures,
  settings: settingsProcedures,
  setup: setupProcedures,
  welcome: welcomeProcedures,
})

export type AppRouter = typeof appRouter
