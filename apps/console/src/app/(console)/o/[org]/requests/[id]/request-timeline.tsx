import { Card } from '#ui/card.tsx'
import { durationText } from '../duration-text.ts'
import type { SeenRequest } from './seen-request.ts'

/** Each step of the walk with its share of the time, one below the other. */
export function RequestTimeline({ request }: { request: SeenRequest }) {
  const all = Math.max(request.totalMs, 0.001)
  const steps = request.timeline.map(({ step, ms }, i) => {
    const begin = request.timeline[i - 1]?.ms ?? 0
    return { step, begin, took: Math.max(0, ms - begin) }
  })
  return (
    <Card title="Timeline" description={`${durationText(request.totalMs)} from arrival to the last byte`}>
      {steps.length === 0 ? (
        <p className="text-base text-muted">It was refused before its first step ended.</p>
      ) : (
        <ol className="flex flex-col gap-2.5">
          {steps.map(({ step, begin, took }, i) => (
            <li key={`${i} ${step}`} className="grid grid-cols-[7.5rem_1fr_auto] items-center gap-3">
              <span className="truncate text-base capitalize">{step}</span>
              <span aria-hidden className="relative h-2 rounded-full bg-sunken">
                <span
                  className="absolute inset-y-0 min-w-[3px] rounded-full bg-bar"
                  style={{
                    left: `${Math.min(99, (begin / all) * 100)}%`,
                    width: `${Math.min(100 - (begin / all) * 100, (took / all) * 100)}%`,
                  }}
                />
              </span>
              <span className="text-right text-sm text-muted tabular-nums">{durationText(took)}</span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  )
}
