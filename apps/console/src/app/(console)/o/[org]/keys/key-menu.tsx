'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ban, CirclePause, CirclePlay, Ellipsis, Gauge } from 'lucide-react'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { IconButton } from '#ui/icon-button.tsx'
import { Menu, MenuItem, MenuLine } from '#ui/menu.tsx'
import { toast } from '#ui/toast.tsx'
import type { ListedKey } from './listed-key.ts'
import { QuotaDialog } from './quota-dialog.tsx'
import { RevokeDialog } from './revoke-dialog.tsx'

export type ManagedKey = Pick<ListedKey, 'id' | 'name' | 'state' | 'quotas' | 'mayRevoke' | 'mayEditQuota'>

/** What can be done to a key; nothing where that is nothing. */
export function KeyMenu({ apiKey: key }: { apiKey: ManagedKey }) {
  const { slug } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const [open, setOpen] = useState<'quota' | 'revoke' | null>(null)
  const done = async (text: string) => {
    setOpen(null)
    await queries.invalidateQueries({ queryKey: api.keys.pathKey() })
    toast.done(text)
  }
  const failed = (error: unknown) => toast.failed(failureOf(error).message)
  const disable = useMutation(
    api.keys.disable.mutationOptions({ onSuccess: () => done(`“${key.name}” is disabled`), onError: failed }),
  )
  const enable = useMutation(
    api.keys.enable.mutationOptions({ onSuccess: () => done(`“${key.name}” is enabled`), onError: failed }),
  )
  if (key.state === 'revoked' || (!key.mayRevoke && !key.mayEditQuota)) return null
  const input = { org: slug, id: key.id }
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`Actions for ${key.name}`} hint={false}>
            <Ellipsis aria-hidden />
          </IconButton>
        }
      >
        {key.mayEditQuota ? (
          <MenuItem icon={<Gauge aria-hidden />} onSelect={() => setOpen('quota')}>
            Edit quota
          </MenuItem>
        ) : null}
        {key.mayRevoke && key.state === 'disabled' ? (
          <MenuItem icon={<CirclePlay aria-hidden />} onSelect={() => enable.mutate(input)}>
            Enable
          </MenuItem>
        ) : null}
        {key.mayRevoke && key.state !== 'disabled' && key.state !== 'expired' ? (
          <MenuItem icon={<CirclePause aria-hidden />} onSelect={() => disable.mutate(input)}>
            Disable
          </MenuItem>
        ) : null}
        {key.mayRevoke ? (
          <>
            {key.mayEditQuota || key.state !== 'expired' ? <MenuLine /> : null}
            <MenuItem icon={<Ban aria-hidden />} danger onSelect={() => setOpen('revoke')}>
              Revoke
            </MenuItem>
          </>
        ) : null}
      </Menu>
      {open === 'quota' ? (
        <QuotaDialog apiKey={key} onClose={() => setOpen(null)} onDone={() => done('Quota saved')} />
      ) : null}
      {open === 'revoke' ? (
        <RevokeDialog apiKey={key} onClose={() => setOpen(null)} onDone={() => done(`“${key.name}” is revoked`)} />
      ) : null}
    </>
  )
}
