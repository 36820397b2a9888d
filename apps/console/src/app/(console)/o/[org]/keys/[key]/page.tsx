import { keyId } from '@tollkeeper/domain/id'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { KeyPage } from './key-page.tsx'

export const metadata: Metadata = { title: 'Key' }

export default async function OneKeyPage({ params }: { params: Promise<{ org: string; key: string }> }) {
  const { org, key } = await params
  const id = keyId.safeParse(key).data
  if (id === undefined) notFound()
  await prefetch(api.keys.one.queryOptions({ org, id }))
  return (
    <Prefetched>
      <KeyPage id={id} />
    </Prefetched>
  )
}
