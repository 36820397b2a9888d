import { createHmac } from 'node:crypto'

/** The signature that goes with a text of thinking, and by which it is known again when it comes back. */
export const signatureOf = (thinking: string): string =>
  createHmac('sha256', 'simulated thinking').update(thinking).digest('base64')
