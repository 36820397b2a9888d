'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { CopyButton } from '#ui/copy-button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { accessWords } from './access-words.ts'
import { useRefresh, type Everything } from './everything.ts'
import { inviteInput } from './inputs.ts'

type Made = { token: string; email: string }

/** Invites somebody by a link, which is shown here once. */
export function InviteDialog({ everything, onClose }: { everything: Everything; onClose: () => void }) {
  const [made, setMade] = useState<Made | null>(null)
  return made ? (
    <LinkDialog made={made} onClose={onClose} />
  ) : (
    <AskDialog everything={everything} onMade={setMade} onClose={onClose} />
  )
}

type AskProps = { everything: Everything; onMade: (made: Made) => void; onClose: () => void }

function AskDialog({ everything, onMade, onClose }: AskProps) {
  const { slug } = useOrg()
  const refresh = useRefresh()
  const invite = useMutation(useApi().teams.invite.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const form = useForm({
    resolver: zodResolver(inviteInput, undefined, { raw: true }),
    defaultValues: { email: '', access: 'member' as const, teamId: '' },
  })
  const { errors, isSubmitting } = form.formState
  const access = useWatch({ control: form.control, name: 'access' })
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      onMade(await invite.mutateAsync({ org: slug, ...values }))
      await refresh()
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Invite person"
      description="You get a link to send them. It works once, for this address, for 72 hours."
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={isSubmitting}>
            Create link
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
        <Field label="E-mail" error={errors.email?.message}>
          <Input type="email" autoFocus autoComplete="off" {...form.register('email')} />
        </Field>
        <Field label="Access" error={errors.access?.message} hint={accessWords[access].means}>
          <Select {...form.register('access')}>
            {everything.grantable.map((each) => (
              <option key={each} value={each}>
                {accessWords[each].word}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="Team" error={errors.teamId?.message} hint={access === 'lead' ? 'They lead this team' : undefined}>
          <Select {...form.register('teamId')}>
            <option value="">None yet</option>
            {everything.teams.map((team) => (
              <option key={team.id} value={team.id}>
                {team.name}
              </option>
            ))}
          </Select>
        </Field>
      </div>
    </Dialog>
  )
}

function LinkDialog({ made, onClose }: { made: Made; onClose: () => void }) {
  const link = `${window.location.origin}${paths.invite}?token=${made.token}`
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Send this link"
      description={`To ${made.email}. It is not shown again.`}
      dismissable={false}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <code className="rounded-md border border-line bg-sunken p-3 font-mono text-sm break-all">{link}</code>
        <div>
          <CopyButton text={link} label="Copy link" words />
        </div>
      </div>
    </Dialog>
  )
}
