/** Remembers in the browser which organisation was open last; holds only its slug. */
export const lastOrganisationCookie = 'last-organisation'
