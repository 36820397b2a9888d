import type { ReactNode } from 'react'

export const AuthHeading = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="mb-6">
    <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
    {children ? <p className="mt-1.5 text-base text-muted">{children}</p> : null}
  </div>
)
