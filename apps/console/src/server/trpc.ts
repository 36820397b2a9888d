import { Failure, type FailureKind } from '@tollkeeper/domain/failure'
import { initTRPC, TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server'
import superjson from 'superjson'
import { z } from 'zod'
import { log } from '#server/log.ts'
import { membershipOf, type Membership } from '#server/membership.ts'
import { FieldAtFault } from '#server/refusal.ts'
import { reachOf, type Permission } from '#server/roles.ts'
import type { Session } from '#server/session.ts'
import type { Stores } from '#server/stores.ts'

/** What every procedure gets. `address` is the caller's IP address. Tests build one by hand. */
export type Context = { stores: Stores; session: Session | null; requestId: string; address: string }

const statuses: Record<FailureKind, TRPC_ERROR_CODE_KEY> = {
  invalid: 'BAD_REQUEST',
  unauthenticated: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  'not-found': 'NOT_FOUND',
  method: 'METHOD_NOT_SUPPORTED',
  'too-large': 'PAYLOAD_TOO_LARGE',
  'media-type': 'UNSUPPORTED_MEDIA_TYPE',
  rate: 'TOO_MANY_REQUESTS',
  budget: 'PAYMENT_REQUIRED',
  'budget-held': 'TOO_MANY_REQUESTS',
  unavailable: 'SERVICE_UNAVAILABLE',
  'upstream-unavailable': 'BAD_GATEWAY',
  'upstream-timeout': 'GATEWAY_TIMEOUT',
  'upstream-refused': 'BAD_REQUEST',
  internal: 'INTERNAL_SERVER_ERROR',
}

const t = initTRPC.context<Context>().create({
  transformer: superjson,
  errorFormatter: ({ shape, error, ctx }) => {
    const { stack: _stack, ...data } = shape.data as typeof shape.data & { stack?: string }
    const fields = fieldsOf(error)
    return {
      ...shape,
      message: fields.message ?? shape.message,
      data: { ...data, requestId: ctx?.requestId ?? null, fields: fields.byName },
    }
  },
})

/** Sentences by form field (`limits.perMinute`), out of a rejected input or a refusal that names a field. */
function fieldsOf(error: TRPCError): { byName: Record<string, string>; message?: string } {
  const { cause } = error
  if (cause instanceof FieldAtFault) return { byName: { [cause.field]: error.message } }
  if (!(cause instanceof z.ZodError)) return { byName: {} }
  const byName: Record<string, string> = {}
  for (const issue of cause.issues) byName[issue.path.join('.')] ??= issue.message
  return { byName, message: 'Some of the values cannot be used.' }
}

/** Expected failures get their status; anything unexpected goes to the log in full and to the client as one sentence. */
const failures = t.middleware(async ({ ctx, path, next }) => {
  const result = await next()
  if (result.ok) return result
  const { cause } = result.error
  if (cause instanceof Failure) throw new TRPCError({ code: statuses[cause.kind], message: cause.message, cause })
  if (result.error.code !== 'INTERNAL_SERVER_ERROR') return result
  log().error({ requestId: ctx.requestId, path, err: cause ?? result.error }, 'procedure failed')
  throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side. Please try again.' })
})

export const router = t.router
export const createCallerFactory = t.createCallerFactory

/** For people who are not signed in: setting up, invitations. Such a procedure limits its own rate. */
export const publicProcedure = t.procedure.use(failures)

/** For anybody signed in. `ctx.session` is there. */
export const userProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.session) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Please sign in.' })
  return next({ ctx: { session: ctx.session } })
})

/** What a permission covers for this member: everything, the teams they lead and their own, or only their own. */
export type Sight =
  | { kind: 'all' }
  | { kind: 'team'; teamIds: Membership['leads']; memberId: Membership['member']['id'] }
  | { kind: 'own'; memberId: Membership['member']['id'] }

/**
 * For members of the organisation whose slug is in the input and whose access has the permission. Everybody else gets
 * 404, members without the permission 403. Gives `ctx.org`, `ctx.member`, `ctx.access`, `ctx.sight` and the stores; a
 * procedure that can act for team or own must filter by `ctx.sight`.
 */
export const orgProcedure = (permission: Permission) =>
  userProcedure.input(z.object({ org: z.string().min(1).max(64) })).use(async ({ ctx, input, next }) => {
    const membership = await membershipOf(ctx.stores.database.prisma, input.org, ctx.session.userId)
    if (!membership) throw new TRPCError({ code: 'NOT_FOUND', message: 'There is no such organisation.' })
    const { org, member, leads } = membership
    const reach = reachOf(member.access, permission)
    if (reach === null) throw new TRPCError({ code: 'FORBIDDEN', message: 'Your access does not include this.' })
    const sight: Sight =
      reach === 'all'
        ? { kind: 'all' }
        : reach === 'team'
          ? { kind: 'team', teamIds: leads, memberId: member.id }
          : { kind: 'own', memberId: member.id }
    return next({
      ctx: {
        org,
        member,
        leads,
        access: member.access,
        sight,
        db: ctx.stores.database.prisma,
        redis: ctx.stores.redis,
      },
    })
  })

/** The context inside an orgProcedure, for functions that procedures share. */
export type OrgContext = Context & {
  session: Session
  org: Membership['org']
  member: Membership['member']
  db: Stores['database']['prisma']
}
