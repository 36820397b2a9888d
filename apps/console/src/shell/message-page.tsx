import type { ReactNode } from 'react'

/** A whole page that says one thing: not found, or something broke. */
export function MessagePage({
  title,
  children,
  action,
  reference,
}: {
  title: string
  children: ReactNode
  action?: ReactNode
  reference?: string | undefined
}) {
  return (
    <div className="flex min-h-[60dvh] flex-col items-center justify-center px-6 text-center">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <div className="mt-1 max-w-[48ch] text-base text-muted">{children}</div>
      {action ? <div className="mt-5 flex gap-2">{action}</div> : null}
      {reference ? <p className="mt-5 font-mono text-xs text-faint">Request {reference}</p> : null}
    </div>
  )
}
