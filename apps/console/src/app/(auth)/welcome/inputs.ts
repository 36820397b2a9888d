import { timeZone } from '@tollkeeper/domain/time'
import { z } from 'zod'

export const organisationName = z.string().trim().min(1, 'Enter a name').max(80, 'Use at most 80 characters')

export const createOrganisationInput = z.object({ name: organisationName, timeZone })

/** The part of the address for a name: "Acme & Söhne" → "acme-sohne". May be empty where nothing of the name is Latin. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
