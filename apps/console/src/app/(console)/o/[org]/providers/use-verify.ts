import { useMutation } from '@tanstack/react-query'
import type { ProviderId } from '@tollkeeper/domain/id'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { toast } from '#ui/toast.tsx'
import { useRefresh } from './connected.ts'

/** Verifies a provider and says what came of it. */
export function useVerify(): { run: (id: ProviderId) => Promise<void>; isPending: boolean } {
  const { slug } = useOrg()
  const refresh = useRefresh()
  const verify = useMutation(useApi().providers.verify.mutationOptions())
  return {
    isPending: verify.isPending,
    async run(id) {
      try {
        const found = await verify.mutateAsync({ org: slug, id })
        if (found.ok) toast.done(`Verified: ${found.models === 1 ? '1 model' : `${found.models} models`} found`)
        else toast.failed(`Not verified: ${found.message}`)
      } catch (error) {
        toast.failed(failureOf(error).message)
      }
      await refresh()
    },
  }
}
