import type { ReactNode } from 'react'
import { Logo } from '#shell/logo.tsx'
import { ThemeToggle } from '#shell/theme-toggle.tsx'

/** One narrow column in the middle, for the pages before there is an organisation. */
export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between px-5 py-4">
        <p className="flex items-center gap-2.5 text-lg font-semibold tracking-tight">
          <Logo className="size-7" />
          Tollkeeper
        </p>
        <ThemeToggle />
      </header>
      <main className="flex flex-1 flex-col items-center px-5 pt-[min(12vh,112px)] pb-16">
        <div className="w-full max-w-[380px]">{children}</div>
      </main>
    </div>
  )
}
