import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { ThemeProvider } from '#shell/theme-provider.tsx'
import { ApiProvider } from '#trpc/provider.tsx'
import { Toaster } from '#ui/toast.tsx'
import { TooltipProvider } from '#ui/tooltip.tsx'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'Tollkeeper', template: '%s · Tollkeeper' },
  robots: { index: false },
}

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fbfaf8' },
    { media: '(prefers-color-scheme: dark)', color: '#101114' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Reading the nonce makes every page dynamic, which a policy with nonces needs.
  const nonce = (await headers()).get('x-nonce') ?? undefined
  return (
    <html lang="en" suppressHydrationWarning className={`${GeistSans.variable} ${GeistMono.variable}`}>
      <body className="font-sans">
        <ThemeProvider nonce={nonce}>
          <ApiProvider>
            <NuqsAdapter>
              <TooltipProvider>
                {children}
                <Toaster />
              </TooltipProvider>
            </NuqsAdapter>
          </ApiProvider>
        </ThemeProvider>
      </body>
    </html>
  )
}
