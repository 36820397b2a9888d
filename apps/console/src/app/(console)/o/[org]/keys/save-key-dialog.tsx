'use client'

import { Download, Eye, EyeOff, TriangleAlert } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { Button } from '#ui/button.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { CopyButton } from '#ui/copy-button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { IconButton } from '#ui/icon-button.tsx'
import { ClientTabs } from '../connect/client-tabs.tsx'
import { keepFreshKey } from '../connect/fresh-key.ts'
import { envFile } from '../connect/snippets.ts'
import type { MadeKey } from './listed-key.ts'

/** Shows a key's text, the only time it can be seen. Closing by accident asks first. */
export function SaveKeyDialog({ made, onClose }: { made: MadeKey; onClose: () => void }) {
  const { slug } = useOrg()
  const router = useRouter()
  const [revealed, setRevealed] = useState(false)
  const [asking, setAsking] = useState(false)
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [])
  const { name, last4, secret, gateway, model } = made
  const tryIt = () => {
    keepFreshKey({ orgSlug: slug, ...made })
    onClose()
    router.push(paths.connect(slug))
  }
  return (
    <>
      <Dialog
        open
        onOpenChange={() => setAsking(true)}
        title="Save your key"
        description={`“${name}” works now.`}
        width="lg"
        footer={
          <>
            <Button onClick={tryIt}>Try it in Connect</Button>
            <Button variant="primary" onClick={onClose}>
              I saved it
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-5">
          <p className="flex gap-2.5 rounded-lg bg-warn-soft px-3.5 py-2.5 text-base">
            <TriangleAlert aria-hidden className="mt-[3px] size-4 shrink-0 text-warn" />
            This is the only time the key can be seen. Only a hash of it is stored, so nobody can look it up later.
          </p>
          <div className="flex flex-wrap items-center gap-2">
            <div className="flex min-w-0 flex-1 basis-80 items-center rounded-md border border-line bg-sunken pl-3">
              <code
                aria-label="Key"
                className="min-w-0 flex-1 overflow-x-auto py-2 font-mono text-sm whitespace-nowrap"
              >
                {revealed ? secret : `sk-gw-${'•'.repeat(24)}${last4}`}
              </code>
              <IconButton label={revealed ? 'Hide key' : 'Reveal key'} onClick={() => setRevealed(!revealed)}>
                {revealed ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
              </IconButton>
            </div>
            <CopyButton text={secret} label="Copy key" words />
            <Button
              icon={<Download aria-hidden />}
              onClick={() => download('gateway.env', envFile({ gateway, key: secret }))}
            >
              Download .env
            </Button>
          </div>
          <ClientTabs gateway={gateway} apiKey={secret} model={model ?? 'your-model'} />
        </div>
      </Dialog>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Close without saving the key?"
        action="Close"
        onConfirm={onClose}
      >
        You won’t see this key again. If it is lost, revoke it and create another one.
      </ConfirmDialog>
    </>
  )
}

function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
