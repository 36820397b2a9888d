'use client'

import { useSyncExternalStore } from 'react'
import { CodeBlock } from '#ui/code-block.tsx'
import { Tabs } from '#ui/tabs.tsx'
import { clients, keyVariable, type SnippetInputs } from './snippets.ts'

const remembered = 'connect-client'
const listeners = new Set<() => void>()

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

function lastClient(): string {
  const last = window.localStorage.getItem(remembered)
  return clients.find(({ id }) => id === last)?.id ?? 'curl'
}

function remember(id: string): void {
  window.localStorage.setItem(remembered, id)
  for (const listener of listeners) listener()
}

const masked = (key: string): string => (key === keyVariable ? key : `${key.slice(0, 6)}••••${key.slice(-4)}`)

/**
 * One tab per client, with what to install and a program to paste. The key is seen masked and copied whole. The tab is
 * remembered in this browser.
 */
export function ClientTabs({ apiKey, ...rest }: Omit<SnippetInputs, 'key'> & { apiKey: string }) {
  const inputs = { ...rest, key: apiKey }
  const client = useSyncExternalStore(subscribe, lastClient, () => 'curl')
  return (
    <Tabs
      label="Client"
      value={client}
      onChange={remember}
      tabs={clients.map(({ id, label, place, install, snippet }) => ({
        value: id,
        label,
        content: (
          <div className="flex flex-col gap-3">
            {install ? <CodeBlock title="Install" code={install} /> : null}
            <CodeBlock title={place} code={snippet(inputs)} shown={snippet({ ...inputs, key: masked(inputs.key) })} />
          </div>
        ),
      }))}
    />
  )
}
