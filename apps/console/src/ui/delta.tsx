import { changeText } from '#ui/count-text.ts'

/** A change against an earlier amount, in words: spending more is neither good nor bad by itself. */
export function Delta({ now, before }: { now: bigint; before: bigint }) {
  const text = changeText(now, before)
  if (text === null) return <span className="text-faint">—</span>
  return <span className="whitespace-nowrap text-muted tabular-nums">{text}</span>
}
