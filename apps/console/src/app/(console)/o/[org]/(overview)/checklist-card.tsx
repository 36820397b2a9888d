'use client'

import { useQuery } from '@tanstack/react-query'
import { Circle, CircleCheck, X } from 'lucide-react'
import Link from 'next/link'
import { useSyncExternalStore } from 'react'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { IconButton } from '#ui/icon-button.tsx'

const listeners = new Set<() => void>()
const listen = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
const keyOf = (slug: string) => `checklist-hidden:${slug}`

/** What a new organisation still has to do, until all of it is done or somebody puts it away in this browser. */
export function Checklist() {
  const { slug, can } = useOrg()
  const mayDo = can('provider.write') !== null
  const checklist = useQuery({ ...useApi().overview.checklist.queryOptions({ org: slug }), enabled: mayDo })
  const hidden = useSyncExternalStore(
    listen,
    () => window.localStorage.getItem(keyOf(slug)) !== null,
    () => false,
  )
  const { data } = checklist
  if (!mayDo || !data || hidden || Object.values(data).every(Boolean)) return null
  const steps = [
    { done: data.provider, title: 'Connect a provider', href: paths.providers(slug) },
    { done: data.key, title: 'Create a key', href: paths.keys(slug) },
    { done: data.firstRequest, title: 'Send the first request', href: paths.connect(slug) },
    { done: data.budget, title: 'Set an organisation budget', href: paths.budgets(slug) },
    { done: data.teammate, title: 'Invite a teammate', href: paths.teams(slug) },
  ]
  const next = steps.findIndex((step) => !step.done)
  return (
    <Card
      title="Getting started"
      description={`${steps.filter((step) => step.done).length} of ${steps.length} done`}
      actions={
        <IconButton
          label="Hide the checklist"
          onClick={() => {
            window.localStorage.setItem(keyOf(slug), '1')
            for (const listener of listeners) listener()
          }}
        >
          <X aria-hidden />
        </IconButton>
      }
    >
      <ol className="grid gap-x-6 gap-y-1 md:grid-cols-2 xl:grid-cols-5">
        {steps.map((step, index) => (
          <li key={step.title} className="flex min-h-9 items-center gap-2">
            {step.done ? (
              <CircleCheck aria-label="Done" className="size-4.5 shrink-0 text-ok" />
            ) : (
              <Circle aria-label="To do" className="size-4.5 shrink-0 text-faint" />
            )}
            {index === next ? (
              <Button size="sm" variant="primary" asChild>
                <Link href={step.href}>{step.title}</Link>
              </Button>
            ) : step.done ? (
              <span className="text-muted">{step.title}</span>
            ) : (
              <Link href={step.href} className="rounded-sm underline-offset-4 hover:underline">
                {step.title}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </Card>
  )
}
