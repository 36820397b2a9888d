import * as members from '@tollkeeper/db/members'
import * as teams from '@tollkeeper/db/teams'
import { change } from '#server/change.ts'
import { refuse } from '#server/refusal.ts'
import { mayGrant } from '#server/roles.ts'
import { orgProcedure } from '#server/trpc.ts'
import { personInput } from './inputs.ts'

/**
 * Changes a person: access and job by those who manage everybody, membership of teams also by their leads. Nobody gives
 * or takes an access that is wider than their own.
 */
export const changePerson = orgProcedure('member.manage')
  .input(personInput)
  .mutation(({ ctx, input }) =>
    change(ctx, async (tx, audit) => {
      const { sight } = ctx
      const before = await members.one(tx, ctx.org.id, input.id)
      if (!before || before.removedAt) throw refuse('not-found', 'There is no such person.')
      const mine = (teamId: string) =>
        sight.kind === 'all' || (sight.kind === 'team' && sight.teamIds.some((each) => each === teamId))
      // A lead sees, and so changes, only people who are in a team they lead.
      if (sight.kind !== 'all' && !before.teams.some((team) => mine(team.id))) {
        throw refuse('not-found', 'There is no such person.')
      }
      const roleChanged = input.roleId !== (before.role?.id ?? null)
      if (sight.kind !== 'all' && (input.access !== before.access || roleChanged)) {
        throw refuse('forbidden', 'Your access covers only who is in the teams you lead.')
      }
      if (input.access !== before.access) {
        if (!mayGrant(ctx.access, input.access) || !mayGrant(ctx.access, before.access)) {
          throw refuse('forbidden', 'You cannot give or take an access wider than your own.', 'access')
        }
      }
      const updated = await members.update(tx, ctx.org.id, input.id, { access: input.access, roleId: input.roleId })
      if (!updated.ok) {
        throw updated.reason === 'last-owner'
          ? refuse('conflict', 'An organisation needs an owner: make somebody else one first.', 'access')
          : refuse('not-found', 'There is no such role.', 'roleId')
      }
      await changeTeams()
      const after = await members.one(tx, ctx.org.id, input.id)
      audit({
        action: 'member.update',
        target: `member:${input.id}`,
        before: seen(before),
        after: after ? seen(after) : null,
      })

      async function changeTeams(): Promise<void> {
        const had = new Map(before?.teams.map((team) => [team.id, team.lead]))
        for (const teamId of new Set([...input.teamIds, ...had.keys()])) {
          const wanted = input.teamIds.includes(teamId)
          const lead = wanted && input.leads.includes(teamId)
          if (wanted === had.has(teamId) && lead === (had.get(teamId) ?? false)) continue
          if (!mine(teamId)) throw refuse('forbidden', 'Your access covers only the teams you lead.')
          if (!wanted) await teams.removeMember(tx, ctx.org.id, { teamId, memberId: input.id })
          else if (!(await teams.putMember(tx, ctx.org.id, { teamId, memberId: input.id, lead }))) {
            throw refuse('not-found', 'There is no such team.')
          }
        }
      }
    }),
  )

const seen = ({ access, role, teams: inTeams }: members.Member) => ({
  access,
  role: role?.name ?? null,
  teams: inTeams.map((team) => (team.lead ? `${team.name} (lead)` : team.name)),
})
