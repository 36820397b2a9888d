import { newCredentialKeys } from '@tollkeeper/domain/credential'
import { peppersText } from '@tollkeeper/domain/key'

/** KEY_PEPPERS of every test. */
export const testPeppersText = `1:${Buffer.alloc(32, 'pepper').toString('base64')}`
export const testPeppers = peppersText.parse(testPeppersText)

/** The pair that seals and opens credentials in this test run. */
export const testCredentialKeys = newCredentialKeys()
