'use client'

import { useQuery } from '@tanstack/react-query'
import { HandCoins } from 'lucide-react'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'

const refetchMs = 30_000

/** The way to the raises, with how many wait for the viewer. */
export function RaisesLink() {
  const { slug } = useOrg()
  const { data } = useQuery({ ...useApi().raises.waiting.queryOptions({ org: slug }), refetchInterval: refetchMs })
  return (
    <Button asChild>
      <Link href={paths.raises(slug)}>
        <HandCoins aria-hidden />
        Raises
        {data ? <Badge tone="warn">{`${data} waiting`}</Badge> : null}
      </Link>
    </Button>
  )
}
