'use client'

import type { NanoUsd, TokenClass } from '@tollkeeper/domain/price'
import { useOrg } from '#shell/org-context.tsx'
import { Badge } from '#ui/badge.tsx'
import { Card } from '#ui/card.tsx'
import { fullMoneyText } from '#ui/money-text.ts'
import { Money } from '#ui/money.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Table, type Column } from '#ui/table.tsx'
import type { SeenRequest } from './seen-request.ts'

type Attempt = SeenRequest['attempts'][number]
type Line = Attempt['lines'][number]

const classNames: Record<TokenClass, string> = {
  inputUncached: 'Input',
  inputCacheRead: 'Input from cache',
  inputCacheWrite5m: 'Cache write, 5 min',
  inputCacheWrite1h: 'Cache write, 1 h',
  outputText: 'Output',
  audioIn: 'Audio in',
  audioOut: 'Audio out',
  imageIn: 'Images in',
  imageOut: 'Images out',
}

const outcomeWords: Record<string, string> = {
  answered: 'Answered',
  'client-left': 'Client left; drained to its usage',
  'stream-broke': 'Stream broke',
  'refused-by-provider': 'Refused by the provider',
  'provider-failed': 'Provider failed',
  'not-sent': 'Not sent',
  unknown: 'Unknown: nobody heard how it ended',
}

const sourceWords: Record<string, string> = {
  reported: 'usage as the provider reported it',
  estimated: 'usage as the gateway counted it',
  held: 'the whole hold, until something better is known',
}

/** pico-USD per token are micro-USD per million tokens. */
const perMillion = (rate: bigint): string => fullMoneyText(rate * 1_000n)

/** What each attempt was held for, what it cost and how that adds up. */
export function RequestMoney({ request }: { request: SeenRequest }) {
  if (request.attempts.length === 0) {
    return (
      <Card title="Money">
        <p className="text-base text-muted">
          {request.outcome === 'answered'
            ? 'The charge is on its way to the ledger.'
            : 'Nothing was sent to a provider, so nothing was charged.'}
        </p>
      </Card>
    )
  }
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {request.attempts.map((attempt, i) => (
        <AttemptCard
          key={attempt.id}
          attempt={attempt}
          title={request.attempts.length === 1 ? 'Money' : `Attempt ${i + 1}`}
        />
      ))}
    </div>
  )
}

function AttemptCard({ attempt, title }: { attempt: Attempt; title: string }) {
  const columns: Column<Line>[] = [
    { key: 'class', header: 'Class', lead: true, cell: (line) => classNames[line.class] },
    { key: 'tokens', header: 'Tokens', align: 'end', cell: (line) => line.tokens.toLocaleString('en-US') },
    {
      key: 'rate',
      header: 'Per 1M tokens',
      align: 'end',
      cell: (line) => (line.rate === null ? <span className="text-faint">—</span> : perMillion(line.rate)),
    },
    {
      key: 'amount',
      header: 'Amount',
      align: 'end',
      // Rounded up like the charge, which rounds once over all classes: a line can be a nano-dollar off.
      cell: (line) => <Money amount={line.rate === null ? null : (BigInt(line.tokens) * line.rate + 999n) / 1_000n} />,
    },
  ]
  const { holdNano, costNano } = attempt
  const { timeZone } = useOrg()
  return (
    <Card
      title={title}
      description={`${outcomeWords[attempt.outcome] ?? attempt.outcome} · ${sourceWords[attempt.usageSource] ?? attempt.usageSource}`}
      actions={attempt.provisional ? <Badge tone="warn">Provisional</Badge> : undefined}
      flush
    >
      {attempt.lines.length > 0 ? (
        <Table
          caption={`${title}: tokens and prices`}
          columns={columns}
          rows={attempt.lines}
          rowKey={(line) => line.class}
        />
      ) : null}
      {attempt.adjustments.length > 0 ? (
        <ul className="border-t border-line px-5 py-3 text-sm text-muted">
          {attempt.adjustments.map(({ at, amountNano, priceVersion, reason, by }) => (
            <li key={at.getTime()}>
              {by} applied price {priceVersion} <RelativeTime at={at} zone={timeZone} />: {reason}.{' '}
              <Money amount={amountNano} />
            </li>
          ))}
        </ul>
      ) : null}
      <dl className="grid grid-cols-3 gap-4 border-t border-line px-5 py-4">
        <Sum name="Held" amount={holdNano} />
        <Sum name="Charged" amount={costNano} />
        <Sum name="Returned" amount={holdNano > costNano ? holdNano - costNano : 0n} />
      </dl>
      <p className="px-5 pb-4 font-mono text-xs break-all text-faint">
        {attempt.model} · price {attempt.priceVersion}
        {attempt.upstreamStatus === null ? '' : ` · provider status ${attempt.upstreamStatus}`}
      </p>
    </Card>
  )
}

const Sum = ({ name, amount }: { name: string; amount: NanoUsd }) => (
  <div>
    <dt className="text-sm text-muted">{name}</dt>
    <dd className="mt-0.5 text-base font-medium">
      <Money amount={amount} />
    </dd>
  </div>
)
