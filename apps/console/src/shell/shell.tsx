'use client'

import { useEffect, type ReactNode } from 'react'
import { lastOrganisationCookie } from '#shell/last-organisation.ts'
import { AccountMenu } from '#shell/account-menu.tsx'
import { DriftBanner } from '#shell/drift-banner.tsx'
import { KeepSession } from '#shell/keep-session.tsx'
import { BehindBanner } from '#shell/behind-banner.tsx'
import { BottomNav, SideNav } from '#shell/nav.tsx'
import { OrgProvider, type OrgInView } from '#shell/org-context.tsx'
import { OrganisationSwitcher } from '#shell/organisation-switcher.tsx'
import { PageGuard } from '#shell/page-guard.tsx'
import { ReadOnlyBanner } from '#shell/read-only-banner.tsx'
import { Search } from '#shell/search.tsx'

export type ShellProps = {
  org: OrgInView
  organisations: readonly { slug: string; name: string }[]
  person: { name: string; email: string }
  children: ReactNode
}

/** Around every page of an organisation: sidebar from 1280 px, rail from 768 px, bars above and below on phones. */
export function Shell({ org, organisations, person, children }: ShellProps) {
  useEffect(() => {
    document.cookie = `${lastOrganisationCookie}=${org.slug}; path=/; max-age=31536000; samesite=lax`
  }, [org.slug])
  return (
    <OrgProvider org={org}>
      <a
        href="#content"
        className="sr-only z-70 rounded-md bg-primary px-3 py-2 text-on-primary focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <KeepSession />
      <div className="min-h-dvh md:grid md:grid-cols-[60px_minmax(0,1fr)] xl:grid-cols-[232px_minmax(0,1fr)]">
        <aside className="sticky top-0 flex h-dvh flex-col border-r border-line bg-sunken max-md:hidden">
          <div className="flex flex-col gap-2 px-2.5 pt-3 pb-2 max-xl:items-center max-xl:px-2">
            <OrganisationSwitcher organisations={organisations} className="w-full max-xl:w-auto" />
            <Search className="max-xl:size-10 max-xl:justify-center max-xl:p-0" />
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">
            <SideNav />
          </div>
          <div className="border-t border-line p-2 max-xl:flex max-xl:justify-center">
            <AccountMenu {...person} className="w-full max-xl:w-auto" />
          </div>
        </aside>
        <div className="flex min-w-0 flex-col">
          <header className="sticky top-0 z-20 flex h-14 items-center gap-2 border-b border-line bg-page px-2 md:hidden">
            <OrganisationSwitcher organisations={organisations} className="flex-1" />
            <Search className="size-10 shrink-0 justify-center border-transparent bg-transparent p-0" />
            <AccountMenu {...person} />
          </header>
          <ReadOnlyBanner />
          <BehindBanner />
          <DriftBanner />
          <main
            id="content"
            tabIndex={-1}
            className="mx-auto w-full max-w-[1240px] flex-1 px-4 pt-5 pb-24 focus:outline-none md:px-8 md:pt-7 md:pb-16"
          >
            <PageGuard>{children}</PageGuard>
          </main>
        </div>
        <BottomNav />
      </div>
    </OrgProvider>
  )
}
