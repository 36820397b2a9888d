import { z } from 'zod'
import { rangeText } from '../usage/inputs.ts'

/** The range of the chart and of the table of teams; the cards above are always about this month. */
export const spendInput = z.object({ range: rangeText })
