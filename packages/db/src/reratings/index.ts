export { ratedAttempts, type RatedAttempt, type Stretch } from './charges.ts'
export { preview, type ReratingPreview } from './preview.ts'
export { finish, list, noteReached, start, unfinished, type Rerating } from './rerating.ts'
