'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf, showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { EffectiveLimit } from './effective-limit.tsx'
import { createKeyInput, newTeam, type CreateKeyForm } from './inputs.ts'
import { KeyFields } from './key-fields.tsx'
import type { KeyChoices, MadeKey } from './listed-key.ts'

type Props = { onClose: () => void; onMade: (made: MadeKey) => void }

/** Loads what a key can be given, then the form. */
export function CreateKeyDialog(props: Props) {
  const { slug } = useOrg()
  const choices = useQuery(useApi().keys.choices.queryOptions({ org: slug }))
  if (choices.data && (choices.data.teams.length > 0 || choices.data.newTeam)) {
    return <CreateKeyForm choices={choices.data} {...props} />
  }
  return (
    <Dialog open onOpenChange={props.onClose} title="Create API key" width="lg">
      {choices.isError ? (
        <InlineError {...failureOf(choices.error)} onRetry={() => void choices.refetch()} />
      ) : choices.data ? (
        <p className="text-base text-muted">
          A key belongs to a team, and you are in none yet. Ask an owner, or the lead of a team, to add you.
        </p>
      ) : (
        <div className="flex flex-col gap-5 py-1" role="status" aria-label="Loading">
          {[1, 2, 3].map((each) => (
            <Skeleton key={each} className="h-9" />
          ))}
        </div>
      )}
    </Dialog>
  )
}

function CreateKeyForm({ choices, onClose, onMade }: Props & { choices: KeyChoices }) {
  const { slug, memberId } = useOrg()
  const create = useMutation(useApi().keys.create.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const form = useForm<CreateKeyForm>({
    resolver: zodResolver(createKeyInput, undefined, { raw: true }),
    defaultValues: {
      name: '',
      teamId: choices.teams[0]?.id ?? newTeam,
      teamName: choices.teams.length > 0 ? '' : firstTeam,
      quota: '5',
      period: 'month',
      ownerId: memberId,
      expires: 'never',
      expiresOn: '',
      allowedModels: '',
    },
  })
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      onMade(await create.mutateAsync({ org: slug, ...values }))
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Create API key"
      width="lg"
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.formState.isSubmitting}>
            Create
          </Button>
        </>
      }
    >
      <div className="grid gap-6 md:grid-cols-[minmax(0,1fr)_280px]">
        <div className="flex flex-col gap-5">
          {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
          <KeyFields form={form} choices={choices} />
        </div>
        <EffectiveLimit form={form} />
      </div>
    </Dialog>
  )
}

/** Made with the first key where there is no team yet; it can be renamed. */
const firstTeam = 'General'
