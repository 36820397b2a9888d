import { Card } from '#ui/card.tsx'
import { classNames } from '#ui/class-names.ts'
import { durationText } from '../duration-text.ts'
import type { SeenRequest } from './seen-request.ts'

/** Each step of the walk with its share of the time, one below the other. */
export function RequestTimeline({ request }: { request: SeenRequest }) {
  const all = Math.max(request.totalMs, 0.001)
  const steps = request.timeline.map(({ step, ms }, i) => {
    const begin = request.timeline[i - 1]?.ms ?? 0
    const isLast = i === request.timeline.length - 1
    // Nothing was sent: the last step that ended is the one at which the answer became no.
    const refused = isLast && request.outcome === 'refused' && request.attempts.length === 0
    return { step, begin, took: Math.max(0, ms - begin), refused }
  })
  return (
    <Card title="Timeline" description={`${durationText(request.totalMs)} from arrival to the last byte`}>
      {steps.length === 0 ? (
        <p className="text-base text-muted">It was refused before its first step ended.</p>
      ) : (
        <ol className="flex flex-col gap-2.5">
          {steps.map(({ step, begin, took, refused }, i) => (
            <li key={`${i} ${step}`} className="grid grid-cols-[7.5rem_1fr_auto] items-center gap-3">
              <span className="min-w-0 text-base">
                <span className="block truncate capitalize">{step}</span>
                {refused ? <span className="block text-sm text-danger">Refused here</span> : null}
              </span>
              <span aria-hidden className="relative h-2 rounded-full bg-sunken">
                <span
                  className={classNames(
                    'absolute inset-y-0 min-w-[3px] rounded-full',
                    refused ? 'bg-danger' : 'bg-bar',
                  )}
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
