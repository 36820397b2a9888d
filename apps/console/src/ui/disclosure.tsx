'use client'

import { ChevronRight } from 'lucide-react'
import { Collapsible } from 'radix-ui'
import type { ReactNode } from 'react'

/** What most people can leave as it is, behind one button. `open` sets how it begins. */
export const Disclosure = ({
  label,
  open = false,
  children,
}: {
  label: string
  open?: boolean
  children: ReactNode
}) => (
  <Collapsible.Root defaultOpen={open}>
    <Collapsible.Trigger className="group -ml-1 flex h-8 items-center gap-1 rounded-md pr-2 pl-1 text-sm font-medium text-muted transition-colors hover:text-ink">
      <ChevronRight aria-hidden className="size-4 transition-transform group-data-[state=open]:rotate-90" />
      {label}
    </Collapsible.Trigger>
    <Collapsible.Content className="pt-3">{children}</Collapsible.Content>
  </Collapsible.Root>
)
