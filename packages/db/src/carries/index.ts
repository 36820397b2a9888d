export { carriesDue, carryingOrganisations, type CarryDue } from './due.ts'
export { saveCarries, type Carry } from './save.ts'
