'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { providerKinds, type ProviderKind } from '@tollkeeper/domain/policy'
import { useState } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { kindNames, useRefresh } from './connected.ts'
import { addInput, asksAddress, needsCredential, takesCredential } from './inputs.ts'
import { useVerify } from './use-verify.ts'

const hints: Record<ProviderKind, string> = {
  simulator: 'Answers with made-up text at real prices; needs no key',
  openai: 'api.openai.com',
  anthropic: 'api.anthropic.com',
  deepseek: 'api.deepseek.com',
  ollama: 'Models on your own machine, for $0',
  'openai-compatible': 'Any address that speaks OpenAI’s chat completions',
}

const examples: Partial<Record<ProviderKind, string>> = {
  ollama: 'http://localhost:11434/v1',
  'openai-compatible': 'https://api.example.com/v1',
}

/** Connects a provider and verifies it at once. */
export function AddProviderDialog({ simulated, onClose }: { simulated: boolean; onClose: () => void }) {
  const { slug } = useOrg()
  const refresh = useRefresh()
  const add = useMutation(useApi().providers.add.mutationOptions())
  const verify = useVerify()
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const first: ProviderKind = simulated ? 'simulator' : 'openai'
  const form = useForm({
    resolver: zodResolver(addInput, undefined, { raw: true }),
    defaultValues: { kind: first, name: kindNames[first], baseUrl: '', credential: '' },
  })
  const { errors, isSubmitting, dirtyFields } = form.formState
  const kind = useWatch({ control: form.control, name: 'kind' })
  const kindField = form.register('kind', {
    onChange: (event: { target: { value: string } }) => {
      const chosen = providerKinds.find((each) => each === event.target.value) ?? first
      if (!dirtyFields.name) form.setValue('name', kindNames[chosen])
      form.clearErrors()
    },
  })
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      const { id } = await add.mutateAsync({ org: slug, ...values })
      await refresh()
      onClose()
      await verify.run(id)
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Add provider"
      description="It is verified with a real call right after."
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={isSubmitting}>
            Add
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
        <Field label="Kind" error={errors.kind?.message} hint={hints[kind]}>
          <Select {...kindField}>
            {providerKinds
              .filter((each) => each !== 'simulator' || simulated)
              .map((each) => (
                <option key={each} value={each}>
                  {kindNames[each]}
                </option>
              ))}
          </Select>
        </Field>
        <Field label="Name" error={errors.name?.message}>
          <Input {...form.register('name')} />
        </Field>
        {asksAddress(kind) ? (
          <Field label="Base URL" error={errors.baseUrl?.message} hint="With /v1 at its end, where the provider has it">
            <Input inputMode="url" placeholder={examples[kind] ?? ''} {...form.register('baseUrl')} />
          </Field>
        ) : null}
        {takesCredential(kind) ? (
          <Field
            label="API key"
            error={errors.credential?.message}
            hint={
              needsCredential(kind)
                ? 'Sealed before it is stored; it can be replaced, never read back'
                : 'Only where the provider wants one'
            }
          >
            <Input type="password" autoComplete="off" {...form.register('credential')} />
          </Field>
        ) : null}
      </div>
    </Dialog>
  )
}
