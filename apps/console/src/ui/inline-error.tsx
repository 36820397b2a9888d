import { CircleAlert, RotateCw } from 'lucide-react'
import { Button } from '#ui/button.tsx'

export type InlineErrorProps = {
  /** One sentence for people. */
  message: string
  /** Helps whoever runs this to find it in the log. */
  requestId?: string | undefined
  onRetry?: () => void
}

/** In the place of content that could not be loaded. */
export function InlineError({ message, requestId, onRetry }: InlineErrorProps) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-danger/30 bg-danger-soft px-4 py-3"
    >
      <CircleAlert aria-hidden className="size-4 shrink-0 text-danger" />
      <div className="min-w-0 flex-1">
        <p className="text-base">{message}</p>
        {requestId ? <p className="font-mono text-xs break-all text-muted">Request {requestId}</p> : null}
      </div>
      {onRetry ? (
        <Button size="sm" icon={<RotateCw aria-hidden />} onClick={onRetry}>
          Retry
        </Button>
      ) : null}
    </div>
  )
}
