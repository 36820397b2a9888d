import { settingsProcedures } from '../app/(console)/o/[org]/settings/procedures.ts'
import { inviteProcedures } from '../app/(auth)/invite/procedures.ts'
import { setupProcedures } from '../app/(auth)/setup/procedures.ts'
import { welcomeProcedures } from '../app/(auth)/welcome/procedures.ts'
import { keysProcedures } from '../app/(console)/o/[org]/keys/procedures.ts'
import { healthProcedures } from '../app/(console)/o/[org]/providers/health/procedures.ts'
import { fallbacksProcedures } from '../app/(console)/o/[org]/providers/fallbacks/procedures.ts'
import { providersProcedures } from '../app/(console)/o/[org]/providers/procedures.ts'
import { reratingsProcedures } from '../app/(console)/o/[org]/providers/reratings/procedures.ts'
import { requestsProcedures } from '../app/(console)/o/[org]/requests/procedures.ts'
import { teamsProcedures } from '../app/(console)/o/[org]/teams/procedures.ts'
import { usageProcedures } from '../app/(console)/o/[org]/usage/procedures.ts'
import { overviewProcedures } from '../app/(console)/o/[org]/(overview)/procedures.ts'
import { connectProcedures } from '../app/(console)/o/[org]/connect/procedures.ts'
import { budgetsProcedures } from '../app/(console)/o/[org]/budgets/procedures.ts'
import { raisesProcedures } from '../app/(console)/o/[org]/budgets/raises/procedures.ts'
import { verificationProcedures } from '../app/(console)/o/[org]/verification/procedures.ts'
import { auditProcedures } from '../app/(console)/o/[org]/audit/procedures.ts'
import { router } from '#server/trpc.ts'

/** Every procedure of the console: one line per page. */
export const appRouter = router({
  connect: connectProcedures,
  audit: auditProcedures,
  budgets: budgetsProcedures,
  fallbacks: fallbacksProcedures,
  health: healthProcedures,
  invite: inviteProcedures,
  keys: keysProcedures,
  providers: providersProcedures,
  raises: raisesProcedures,
  requests: requestsProcedures,
  reratings: reratingsProcedures,
  overview: overviewProcedures,
  settings: settingsProcedures,
  setup: setupProcedures,
  teams: teamsProcedures,
  usage: usageProcedures,
  verification: verificationProcedures,
  welcome: welcomeProcedures,
})

export type AppRouter = typeof appRouter
