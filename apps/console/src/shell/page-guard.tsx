'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { navigation, paths } from '#paths.ts'
import { MessagePage } from '#shell/message-page.tsx'
import { useOrg } from '#shell/org-context.tsx'
import { Button } from '#ui/button.tsx'

/** Says so where the viewer's access does not include a page at all. What it would show, the procedures refuse anyway. */
export function PageGuard({ children }: { children: ReactNode }) {
  const { slug, can } = useOrg()
  const pathname = usePathname()
  const entry = navigation
    .flatMap((group) => group.entries)
    .find(({ href }) => pathname === href(slug) || (href !== paths.overview && pathname.startsWith(`${href(slug)}/`)))
  if (!entry?.needs || can(entry.needs) !== null) return children
  return (
    <MessagePage
      title={`“${entry.label}” is not part of your access`}
      action={
        <Button asChild>
          <Link href={paths.overview(slug)}>Overview</Link>
        </Button>
      }
    >
      An owner or admin of the organisation can change what you may see.
    </MessagePage>
  )
}
