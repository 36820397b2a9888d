/** Names a counter of the present window: `<budget>~<subject or ->`. */
export const counterKey = (budgetId: string, subject: string | null): string => `${budgetId}~${subject ?? '-'}`
