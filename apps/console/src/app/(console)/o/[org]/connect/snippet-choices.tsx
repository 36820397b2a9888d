'use client'

import { CopyButton } from '#ui/copy-button.tsx'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'
import type { Basics } from './basics.ts'

const isLocal = (address: string): boolean => /^(localhost|127\.|\[::1\])/.test(new URL(address).host)

type Props = {
  gateway: string
  models: Basics['models']
  /** Null when there is none. */
  model: string | null
  onModel: (model: string) => void
}

/** The base URL to copy, and the model of the snippets. */
export function SnippetChoices({ gateway, models, model, onModel }: Props) {
  return (
    <>
      <div>
        <p className="mb-1.5 text-sm font-medium">Base URL</p>
        <div className="flex items-center rounded-md border border-line bg-sunken pl-3">
          <code className="min-w-0 flex-1 overflow-x-auto py-1.5 font-mono text-sm whitespace-nowrap">
            {gateway}/v1
          </code>
          <CopyButton text={`${gateway}/v1`} label="Copy base URL" />
        </div>
        {isLocal(gateway) ? (
          <p className="mt-1.5 text-sm text-muted">
            Only programs on this machine reach this address; services that call from elsewhere do not.
          </p>
        ) : null}
      </div>
      {model === null ? null : (
        <Field label="Model" hint={models.some((each) => each.name === model && !each.priced) ? unpriced : undefined}>
          <Select value={model} onChange={(event) => onModel(event.target.value)}>
            {models.map(({ name, priced }) => (
              <option key={name} value={name}>
                {priced ? name : `${name} (unpriced)`}
              </option>
            ))}
          </Select>
        </Field>
      )}
    </>
  )
}

const unpriced = 'It has no price, so a key with a quota is refused.'
