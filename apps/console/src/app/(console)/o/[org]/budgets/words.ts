import type { BudgetPeriod } from '@tollkeeper/domain/time'

/** How a period is said after an amount: "$5.00 a month". */
export const periodWords: Record<BudgetPeriod, string> = {
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a month',
  all: 'in all',
}
