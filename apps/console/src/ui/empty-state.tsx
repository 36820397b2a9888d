import type { ReactNode } from 'react'

export type EmptyStateProps = {
  icon?: ReactNode
  /** What is not there: "No keys yet". */
  title: string
  /** Why that is so, or what the action gives. */
  children?: ReactNode
  /** The one thing to do next, on this site. */
  action?: ReactNode
}

/** In the place of content that does not exist. Never a dead end where the reader may do something. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-1 px-6 py-12 text-center">
      {icon ? (
        <div className="mb-2 flex size-10 items-center justify-center rounded-lg border border-line bg-sunken text-muted [&_svg]:size-5">
          {icon}
        </div>
      ) : null}
      <p className="text-base font-medium">{title}</p>
      {children ? <div className="max-w-[52ch] text-base text-muted">{children}</div> : null}
      {action ? <div className="mt-4">{action}</div> : null}
    </div>
  )
}
