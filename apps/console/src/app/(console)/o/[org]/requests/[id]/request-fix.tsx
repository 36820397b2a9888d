'use client'

import Link from 'next/link'
import { paths } from '#paths.ts'
import type { Permission } from '#server/roles.ts'
import { useOrg } from '#shell/org-context.tsx'
import { Button } from '#ui/button.tsx'

type Fix = { label: string; needs: Permission; href: (org: string) => string }

const budgets: Fix = { label: 'Open budgets', needs: 'budget.read', href: paths.budgets }
const limits: Fix = { label: 'Open settings', needs: 'settings.write', href: paths.settings }
const providers: Fix = { label: 'Open providers', needs: 'provider.write', href: paths.providers }
const keys: Fix = { label: 'Open keys', needs: 'key.read', href: paths.keys }

const fixes: Readonly<Record<string, Fix>> = {
  budget_exceeded: budgets,
  budget_held: budgets,
  rate_limited: limits,
  concurrency_limited: budgets,
  tokens_never_fit: limits,
  model_unpriced: { ...providers, label: 'Add price' },
  model_not_found: providers,
  model_not_allowed: keys,
  invalid_api_key: keys,
  key_expired: keys,
  key_revoked: keys,
  key_disabled: keys,
  upstream_unavailable: providers,
  upstream_timeout: providers,
  upstream_rate_limited: providers,
  upstream_refused: providers,
  upstream_credential: { ...providers, label: 'Replace credential' },
}

/** The one way out of a refusal or failure, for those who may go it; `reason` is a code of the failure catalogue. */
export function RequestFix({ reason }: { reason: string }) {
  const { slug, can } = useOrg()
  const fix = fixes[reason]
  if (!fix || can(fix.needs) === null) return null
  return (
    <Button asChild size="sm">
      <Link href={fix.href(slug)}>{fix.label}</Link>
    </Button>
  )
}
