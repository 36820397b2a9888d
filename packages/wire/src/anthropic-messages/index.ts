export { countBody } from './body.ts'
export { anthropicMessages } from './dialect.ts'
export { readCountRequest } from './request.ts'
