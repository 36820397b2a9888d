import type { Access } from '#server/roles.ts'

export const accessWords: Record<Access, { word: string; means: string }> = {
  owner: { word: 'Owner', means: 'Everything, and other owners' },
  admin: { word: 'Admin', means: 'Everything but owners' },
  lead: { word: 'Team lead', means: 'Keys, budgets and people of the teams they lead' },
  member: { word: 'Member', means: 'Their own keys and usage' },
  finance: { word: 'Finance', means: 'Money everywhere; no keys' },
  auditor: { word: 'Auditor', means: 'Reads everything, changes nothing' },
}
