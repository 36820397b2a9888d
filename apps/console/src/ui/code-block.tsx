'use client'

import { CopyButton } from '#ui/copy-button.tsx'

/**
 * Text for a terminal or a file, with a button that copies it. `title` says where it goes ("Terminal", ".env"). `shown`
 * is what is seen instead of `code`, where that holds a secret.
 */
export function CodeBlock({ code, title, shown = code }: { code: string; title: string; shown?: string }) {
  return (
    <figure className="min-w-0 overflow-hidden rounded-lg border border-line bg-sunken">
      <figcaption className="flex items-center justify-between border-b border-line py-1 pr-1.5 pl-4 text-sm text-muted">
        {title}
        <CopyButton text={code} label={`Copy ${title}`} />
      </figcaption>
      <pre
        tabIndex={0}
        aria-label={title}
        className="overflow-x-auto px-4 py-3 font-mono text-sm leading-6 focus-visible:outline-offset-[-2px]"
      >
        <code>{shown}</code>
      </pre>
    </figure>
  )
}
