import { randomUUID } from 'node:crypto'

/** The backend configuration that answers name; it never changes here. */
export const systemFingerprint = 'fp_51d0000001'

/** A fresh id of an answer. */
export const completionId = () => `chatcmpl-${randomUUID().replaceAll('-', '').slice(0, 29)}`
