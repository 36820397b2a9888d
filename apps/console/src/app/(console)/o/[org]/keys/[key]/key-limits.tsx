'use client'

import { Card } from '#ui/card.tsx'
import { AskForRaise } from '../../budgets/raises/ask-for-raise.tsx'
import { effectiveLimit, levelText } from '../effective.ts'
import { KeyQuota, periodNames } from '../key-quota.tsx'
import { leftOf, tightest } from '../left.ts'
import type { WholeKey } from '../listed-key.ts'

/** Its own quota and every limit above it; first the one that decides. */
export function KeyLimits({ apiKey: key }: { apiKey: WholeKey }) {
  const { levels, hidden } = key.chain
  return (
    <Card
      title="Limits"
      description={sentence(key)}
      actions={key.quotas.some((quota) => quota.hard) ? <AskForRaise scope={{ kind: 'key', id: key.id }} /> : null}
    >
      <ul className="flex flex-col gap-4">
        {key.quotas.map((quota) => (
          <li key={quota.id}>
            <p className="mb-1 text-sm text-muted">Quota · {periodNames[quota.period]}</p>
            <KeyQuota quota={quota} label={`Quota of ${key.name}`} />
          </li>
        ))}
        {levels.toReversed().map((level) => (
          <li key={level.id}>
            <p className="mb-1 truncate text-sm text-muted first-letter:uppercase">
              {levelText(level)}
              {level.hard ? '' : ' (warns only)'}
            </p>
            <KeyQuota quota={level} label={levelText(level)} />
          </li>
        ))}
        {key.quotas.length + levels.length === 0 ? (
          <li className="text-base text-muted">No quota, and no budget above it.</li>
        ) : null}
      </ul>
      {hidden > 0 ? (
        <p className="mt-4 text-sm text-muted">Limits that your access does not show may stop it earlier.</p>
      ) : null}
    </Card>
  )
}

function sentence({ quotas, chain }: WholeKey): string {
  const own = tightest(quotas.filter((quota) => quota.hard))
  return effectiveLimit(own ? leftOf(own) : null, chain.levels)
}
