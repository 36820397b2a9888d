import * as invites from '@tollkeeper/db/invites'
import { list as listKeys } from '@tollkeeper/db/keys'
import * as members from '@tollkeeper/db/members'
import * as roles from '@tollkeeper/db/roles'
import * as teams from '@tollkeeper/db/teams'
import { roleGroupId, roleId } from '@tollkeeper/domain/id'
import { z } from 'zod'
import { change } from '#server/change.ts'
import { refuse } from '#server/refusal.ts'
import { accesses, mayGrant } from '#server/roles.ts'
import { orgProcedure, router, type Sight } from '#server/trpc.ts'
import { inviteInput, memberInput, nameInput, roleInput, teamInput } from './inputs.ts'
import { changePerson } from './person.ts'

const taken = (what: string) => refuse('conflict', `There is already a ${what} with this name.`, 'name')
const gone = (what: string) => refuse('not-found', `There is no such ${what}.`)

/** Teams, roles and invitations are the whole organisation's; a lead manages who is in their teams. */
function wholeOnly(sight: Sight): void {
  if (sight.kind !== 'all') throw refuse('forbidden', 'Your access covers only the teams you lead.')
}

export const teamsProcedures = router({
  /** Everything on the page: teams, people, roles, and invitations that are still open. */
  all: orgProcedure('member.read').query(async ({ ctx }) => {
    const { sight } = ctx
    const [allTeams, people, jobs] = [
      await teams.list(ctx.db, ctx.org.id),
      await members.list(ctx.db, ctx.org.id),
      await roles.list(ctx.db, ctx.org.id),
    ]
    const seesTeam = (id: string) =>
      sight.kind === 'all' || (sight.kind === 'team' && sight.teamIds.some((each) => each === id))
    const open = sight.kind === 'all' ? await invites.list(ctx.db, ctx.org.id) : []
    return {
      teams: allTeams
        .filter((team) => seesTeam(team.id))
        .map(({ id, name, members: count, keys }) => ({ id, name, members: count, keys })),
      people: people
        .filter(
          (person) =>
            sight.kind === 'all' || person.id === sight.memberId || person.teams.some((team) => seesTeam(team.id)),
        )
        .map(({ id, email, name, access, role, teams: inTeams, userId }) => ({
          id,
          email,
          name,
          access,
          role,
          teams: inTeams,
          signedIn: userId !== null,
        })),
      roles: jobs,
      invites: open.map(({ id, email, access, teamId, expiresAt }) => ({ id, email, access, teamId, expiresAt })),
      /** What the caller may give to others. */
      grantable: accesses.filter((access) => mayGrant(ctx.access, access)),
      managesAll: ctx.sight.kind === 'all',
    }
  }),

  createTeam: orgProcedure('member.manage')
    .input(nameInput)
    .mutation(({ ctx, input }) => {
      wholeOnly(ctx.sight)
      return change(ctx, async (tx, audit) => {
        const made = await teams.create(tx, ctx.org.id, input.name)
        if (!made.ok) throw taken('team')
        audit({ action: 'team.create', target: `team:${made.value.id}`, after: { name: input.name } })
      })
    }),

  renameTeam: orgProcedure('member.manage')
    .input(teamInput.extend(nameInput.shape))
    .mutation(({ ctx, input }) => {
      wholeOnly(ctx.sight)
      return change(ctx, async (tx, audit) => {
        const before = await teams.one(tx, ctx.org.id, input.id)
        if (!before) throw gone('team')
        const renamed = await teams.rename(tx, ctx.org.id, input.id, input.name)
        if (!renamed.ok) throw renamed.reason === 'taken' ? taken('team') : gone('team')
        audit({
          action: 'team.rename',
          target: `team:${input.id}`,
          before: { name: before.name },
          after: { name: input.name },
        })
      })
    }),

  /** Archives a team: its keys stop at once. Its history stays. */
  archiveTeam: orgProcedure('member.manage')
    .input(teamInput)
    .mutation(({ ctx, input }) => {
      wholeOnly(ctx.sight)
      return change(ctx, async (tx, audit) => {
        const done = await teams.archive(tx, ctx.org.id, input.id)
        if (!done.ok) throw gone('team')
        audit({ action: 'team.archive', target: `team:${input.id}`, after: done.value })
      })
    }),

  /** Changes a person: access, job, teams. */
  changePerson,

  /** What removing a person would stop. */
  keysOf: orgProcedure('member.manage')
    .input(memberInput)
    .query(async ({ ctx, input }) => {
      wholeOnly(ctx.sight)
      const { keys } = await listKeys(ctx.db, ctx.org.id, { filter: { memberId: input.id }, limit: 50 })
      return keys.filter((key) => key.status === 'active').map(({ id, name }) => ({ id, name }))
    }),

  /** Removes a person; their keys stop at once. */
  removePerson: orgProcedure('member.manage')
    .input(memberInput)
    .mutation(({ ctx, input }) => {
      wholeOnly(ctx.sight)
      return change(ctx, async (tx, audit) => {
        const person = await members.one(tx, ctx.org.id, input.id)
        if (!person || person.removedAt) throw gone('person')
        if (!mayGrant(ctx.access, person.access)) throw refuse('forbidden', 'Only an owner may remove an owner.')
        const done = await members.remove(tx, ctx.org.id, input.id, { keys: 'disable' })
        if (!done.ok) {
          throw done.reason === 'last-owner'
            ? refuse('conflict', 'An organisation needs an owner: make somebody else one first.')
            : gone('person')
        }
        audit({
          action: 'member.remove',
          target: `member:${input.id}`,
          before: { name: person.name },
          after: done.value,
        })
      })
    }),

  createGroup: orgProcedure('member.manage')
    .input(nameInput)
    .mutation(({ ctx, input }) => {
      wholeOnly(ctx.sight)
      return change(ctx, async (tx, audit) => {
        const made = await roles.createGroup(tx, ctx.org.id, input.name)
        if (!made.ok) throw taken('role group')
        audit({ action: 'role-group.create', target: `role-group:${made.value}`, after: { name: input.name } })
      })
    }),

  renameGroup: orgProcedure('member.manage')
    .input(nameInput.extend({ id: roleGroupId }))
    .mutation(({ ctx, input }) => {
      wholeOnly(ctx.sight)
      return change(ctx, async (tx, audit) => {
        const done = await roles.renameGroup(tx, ctx.org.id, input.id, input.name)
        if (!done.ok) throw done.reason === 'taken' ? taken('role group') : gone('role group')
        audit({ action: 'role-group.rename', target: `role-group:${input.id}`, after: { name: input.name } })
      })
    }),

  /** Removes a group and its limits; its roles stay. */
  removeGroup: orgProcedure('member.manage')
    .input(z.object({ id: roleGroupId }))
    .mutation(({ ctx, input }) => {
      wholeOnly(ctx.sight)
      return change(ctx, async (tx, audit) => {
        if (!(await roles.removeGroup(tx, ctx.org.id, input.id))) throw gone('role group')
        audit({ action: 'role-group.remove', target: `role-group:${input.id}` })
      })
    }),

  createRole: orgProcedure('member.manage')
    .input(roleInput)
    .mutation(({ ctx, input }) => {
      wholeOnly(ctx.sight)
      return change(ctx, async (tx, audit) => {
        const { name, roleGroupId: group } = input
        const made = await roles.create(tx, ctx.org.id, { name, roleGroupId: group })
        if (!made.ok) throw made.reason === 'taken' ? taken('role') : gone('role group')
        audit({ action: 'role.create', target: `role:${made.value}`, after: { name, roleGroup: group } })
      })
    }),

  /** Renames a role or moves it to another group; its people's keys then pass through that group's limits. */
  changeRole: orgProcedure('member.manage')
    .input(roleInput.extend({ id: roleId }))
    .mutation(({ ctx, input }) => {
      wholeOnly(ctx.sight)
      return change(ctx, async (tx, audit) => {
        const { name, roleGroupId: group } = input
        const done = await roles.change(tx, ctx.org.id, input.id, { name, roleGroupId: group })
        if (!done.ok)
          throw done.reason === 'taken' ? taken('role') : gone(done.reason === 'no-group' ? 'role group' : 'role')
        audit({ action: 'role.change', target: `role:${input.id}`, after: { name, roleGroup: group } })
      })
    }),

  removeRole: orgProcedure('member.manage')
    .input(z.object({ id: roleId }))
    .mutation(({ ctx, input }) => {
      wholeOnly(ctx.sight)
      return change(ctx, async (tx, audit) => {
        if (!(await roles.remove(tx, ctx.org.id, input.id))) throw gone('role')
        audit({ action: 'role.remove', target: `role:${input.id}` })
      })
    }),

  /** Invites an address. The token is in this answer and nowhere else. */
  invite: orgProcedure('role.grant')
    .input(inviteInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const { email, access, teamId } = input
        if (!mayGrant(ctx.access, access))
          throw refuse('forbidden', 'You cannot give an access wider than your own.', 'access')
        const made = await invites.create(tx, ctx.org.id, { email, access, teamId, invitedBy: ctx.member.id })
        if (!made.ok) {
          throw made.reason === 'taken'
            ? refuse('conflict', 'This person is in the organisation already.', 'email')
            : refuse('not-found', 'There is no such team.', 'teamId')
        }
        const { invite, token } = made.value
        audit({
          action: 'invite.create',
          target: `invite:${invite.id}`,
          after: { email: invite.email, access, teamId },
        })
        return { token, email: invite.email, expiresAt: invite.expiresAt }
      }),
    ),

  revokeInvite: orgProcedure('role.grant')
    .input(z.object({ id: z.string().max(64) }))
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        if (!(await invites.revoke(tx, ctx.org.id, input.id))) throw gone('open invitation')
        audit({ action: 'invite.revoke', target: `invite:${input.id}` })
      }),
    ),
})
