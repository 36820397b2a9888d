'use client'

import { useMutation } from '@tanstack/react-query'
import { Ellipsis } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Status } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { IconButton } from '#ui/icon-button.tsx'
import { Menu, MenuItem } from '#ui/menu.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { toast } from '#ui/toast.tsx'
import { kindNames, useRefresh, type Connected } from './connected.ts'
import { CredentialDialog } from './credential-dialog.tsx'
import { takesCredential } from './inputs.ts'
import { ProviderBreakers } from './health/provider-breakers.tsx'
import { ProviderLimits } from './provider-limits.tsx'
import { ProviderModels } from './provider-models.tsx'
import { useVerify } from './use-verify.ts'

/** One provider: address, credential, health of the last Verify, models with prices. */
export function ProviderCard({ provider, editable }: { provider: Connected; editable: boolean }) {
  const { timeZone } = useOrg()
  const verify = useVerify()
  const { verification, credential } = provider
  return (
    <Card
      title={provider.name}
      description={kindNames[provider.kind]}
      actions={
        <>
          <ProviderStatus provider={provider} />
          {editable ? (
            <>
              <Button size="sm" loading={verify.isPending} onClick={() => void verify.run(provider.id)}>
                Verify
              </Button>
              <ProviderMenu provider={provider} />
            </>
          ) : null}
        </>
      }
      flush
    >
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 px-5 pt-1 pb-4 md:grid-cols-3">
        <Fact name="Base URL">
          <span className="font-mono text-xs break-all">{provider.baseUrl}</span>
        </Fact>
        <Fact name="Credential">
          {credential === null ? (
            <span className="text-faint">{takesCredential(provider.kind) ? 'None' : 'Needs none'}</span>
          ) : (
            <span>
              <span className="font-mono text-xs">••••{credential.last4}</span>{' '}
              <span className="text-sm text-faint">
                set <RelativeTime at={credential.setAt} zone={timeZone} />
              </span>
            </span>
          )}
        </Fact>
        <Fact name="Last verified">
          <RelativeTime at={provider.verifiedAt} zone={timeZone} />
          {verification?.ok ? (
            <span className="text-sm text-faint"> in {Math.round(verification.latencyMs)} ms</span>
          ) : null}
        </Fact>
      </dl>
      {verification?.ok === false ? (
        <p role="alert" className="mx-5 mb-4 rounded-lg bg-danger-soft px-3.5 py-2.5 text-base">
          {verification.message}
          {verification.status === null ? '' : ` (status ${verification.status})`}
        </p>
      ) : null}
      <ProviderBreakers provider={provider} />
      <ProviderLimits provider={provider} editable={editable && provider.enabled} />
      <ProviderModels provider={provider} editable={editable} />
    </Card>
  )
}

function ProviderStatus({ provider }: { provider: Connected }) {
  if (!provider.enabled) return <Status tone="neutral">Disabled</Status>
  if (provider.verification === null) return <Status tone="warn">Not verified</Status>
  return provider.verification.ok ? <Status tone="ok">Verified</Status> : <Status tone="danger">Failed</Status>
}

function ProviderMenu({ provider }: { provider: Connected }) {
  const { slug } = useOrg()
  const api = useApi()
  const refresh = useRefresh()
  const setEnabled = useMutation(api.providers.setEnabled.mutationOptions())
  const remove = useMutation(api.providers.remove.mutationOptions())
  const [open, setOpen] = useState<'credential' | 'remove' | null>(null)
  const attempt = async (work: Promise<unknown>, done: string) => {
    try {
      await work
      toast.done(done)
    } catch (error) {
      toast.failed(failureOf(error).message)
    }
    setOpen(null)
    await refresh()
  }
  const toggle = () =>
    attempt(
      setEnabled.mutateAsync({ org: slug, id: provider.id, enabled: !provider.enabled }),
      provider.enabled ? `${provider.name} is disabled` : `${provider.name} is enabled`,
    )
  const answering = provider.models.filter((model) => model.enabled && model.answeredBy === null)
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`Actions for ${provider.name}`}>
            <Ellipsis aria-hidden />
          </IconButton>
        }
      >
        {takesCredential(provider.kind) ? (
          <MenuItem onSelect={() => setOpen('credential')}>Replace credential</MenuItem>
        ) : null}
        <MenuItem onSelect={() => void toggle()}>{provider.enabled ? 'Disable' : 'Enable'}</MenuItem>
        <MenuItem danger onSelect={() => setOpen('remove')}>
          Remove
        </MenuItem>
      </Menu>
      {open === 'credential' ? <CredentialDialog provider={provider} onClose={() => setOpen(null)} /> : null}
      <ConfirmDialog
        open={open === 'remove'}
        onOpenChange={() => setOpen(null)}
        title={`Remove ${provider.name}?`}
        action="Remove"
        danger
        busy={remove.isPending}
        onConfirm={() =>
          void attempt(remove.mutateAsync({ org: slug, id: provider.id }), `${provider.name} was removed`)
        }
      >
        <p className="text-base">
          {answering.length === 0
            ? 'No model is answered by it now.'
            : `Requests for ${answering.length === 1 ? 'its model' : `its ${answering.length} models`} are refused at once, unless another provider offers them.`}{' '}
          Its credential is deleted; what was spent stays in every report.
        </p>
      </ConfirmDialog>
    </>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-sm text-muted">{name}</dt>
    <dd className="mt-0.5 text-base">{children}</dd>
  </div>
)
