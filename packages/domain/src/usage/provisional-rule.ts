/**
 * What becomes of a provisional charge for which no evidence came within 24 hours (money.md 4.4): `observed` lowers it to
 * what is known to have been used, `full` leaves the whole hold charged.
 */
export const provisionalRules = ['observed', 'full'] as const
export type ProvisionalRule = (typeof provisionalRules)[number]
