'use client'

import { Bar, BarChart, CartesianGrid, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { classNames } from '#ui/class-names.ts'

export type Series = { id: string; name: string; colour: string }

/** One bar: its label on the axis, a longer one for the tooltip, and a drawable number per series id. */
export type BarDatum = {
  key: string
  label: string
  title?: string
  values: Readonly<Record<string, number>>
  /** The exact text per series id, and of the sum under `total`; the tooltip shows these and never a float. */
  texts: Readonly<Record<string, string>>
}

export type StackedBarsProps = {
  /** What the chart is called for those who do not see it. */
  label: string
  /** Bottom first. */
  series: readonly Series[]
  data: readonly BarDatum[]
  axisText: (value: number) => string
  height?: number
  /** A line across, such as a budget's pace. */
  line?: { value: number; label: string }
  onBar?: (datum: BarDatum) => void
}

/** Bars of one stack each. Arrow keys move along them (recharts' accessibility layer). */
export function StackedBars({ label, series, data, axisText, height = 280, line, onBar }: StackedBarsProps) {
  const points = data.map((datum) => ({ ...datum.values, '#datum': datum }))
  const highest = Math.max(0, ...data.map((datum) => Object.values(datum.values).reduce((sum, each) => sum + each, 0)))
  return (
    <figure aria-label={label} className="min-w-0">
      {/* Before the width is known the chart is drawn for a common one, which must not stick out of a phone. */}
      <div
        style={{ height }}
        className={classNames(
          'overflow-x-clip [&_.recharts-surface]:rounded-sm',
          // Bars this thin would consist of their outlines alone.
          data.length > 31 ? 'max-md:[&_.recharts-bar-rectangle_path]:[stroke-width:0]' : null,
        )}
      >
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 640, height }}>
          <BarChart
            accessibilityLayer
            data={points}
            margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
            barCategoryGap="22%"
            onClick={(state) => {
              const datum = data[Number(state.activeTooltipIndex)]
              if (onBar && datum) onBar(datum)
            }}
            className={onBar ? 'cursor-pointer' : ''}
          >
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey={(point: { '#datum': BarDatum }) => point['#datum'].label}
              tickLine={false}
              axisLine={{ stroke: 'var(--line-strong)' }}
              tick={{ fill: 'var(--muted)', fontSize: 12 }}
              minTickGap={24}
              tickMargin={8}
              height={28}
            />
            <YAxis
              tickLine={false}
              axisLine={false}
              width={Math.max(52, 14 + 7 * axisText(highest).length)}
              tick={{ fill: 'var(--muted)', fontSize: 12 }}
              tickFormatter={axisText}
              tickCount={5}
            />
            <Tooltip
              cursor={{ fill: 'var(--hover)' }}
              isAnimationActive={false}
              content={<BarTooltip series={series} />}
            />
            {series.map((each) => (
              <Bar
                key={each.id}
                dataKey={each.id}
                name={each.name}
                stackId="all"
                fill={each.colour}
                stroke="var(--surface)"
                strokeWidth={1}
                maxBarSize={44}
                isAnimationActive={false}
              />
            ))}
            {line ? <ReferenceLine y={line.value} stroke="var(--ink)" strokeDasharray="4 4" /> : null}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <figcaption className="mt-3">
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
          {series.map((each) => (
            <li key={each.id} className="flex items-center gap-1.5">
              <Swatch colour={each.colour} />
              {each.name}
            </li>
          ))}
          {line ? (
            <li className="flex items-center gap-1.5">
              <span aria-hidden className="w-4 border-t border-dashed border-ink" />
              {line.label}
            </li>
          ) : null}
        </ul>
      </figcaption>
    </figure>
  )
}

/** The colour of a series beside its name. */
export const Swatch = ({ colour, className }: { colour: string; className?: string }) => (
  <span
    aria-hidden
    className={classNames('size-2.5 shrink-0 rounded-[3px]', className)}
    style={{ background: colour }}
  />
)

type TooltipPayload = readonly { payload?: { '#datum': BarDatum } }[]

/** The chart adds `payload`: what belongs to the bar under the pointer or cursor. */
function BarTooltip({ payload, series }: { payload?: TooltipPayload; series: readonly Series[] }) {
  const datum = payload?.[0]?.payload?.['#datum']
  if (!datum) return null
  const present = series.filter((each) => (datum.values[each.id] ?? 0) !== 0).toReversed()
  return (
    <div className="min-w-44 rounded-lg border border-line bg-surface px-3 py-2 text-sm shadow-float">
      <p className="font-medium">{datum.title ?? datum.label}</p>
      <ul className="mt-1 flex flex-col gap-0.5">
        {present.map((each) => (
          <li key={each.id} className="flex items-center gap-2">
            <Swatch colour={each.colour} />
            <span className="min-w-0 flex-1 truncate text-muted">{each.name}</span>
            <span className="pl-4 tabular-nums">{datum.texts[each.id]}</span>
          </li>
        ))}
      </ul>
      <p className="mt-1.5 flex justify-between gap-6 border-t border-line pt-1.5 font-medium">
        <span>Total</span>
        <span className="tabular-nums">{datum.texts['total']}</span>
      </p>
    </div>
  )
}
