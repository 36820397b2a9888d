import { timeZone } from '@tollkeeper/domain/time'
import { z } from 'zod'

export const organisationName = z.string().trim().min(1, 'Enter a name').max(80, 'Use at most 80 characters')

export const createOrganisationInput = z.object({ name: organisationName, timeZone })
