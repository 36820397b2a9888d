'use client'

import { useSyncExternalStore } from 'react'

/** A key that was made a moment ago, with its text. */
export type FreshKey = {
  orgSlug: string
  name: string
  last4: string
  secret: string
  /** Names or patterns; null allows every model. */
  allowedModels: readonly string[] | null
  /** One it may use. */
  model: string | null
}

let fresh: FreshKey | null = null
const listeners = new Set<() => void>()

/**
 * Hands a key on from the dialog that shows it to the Connect page, where somebody asked for that. It lives in this
 * page's memory alone, in no storage and no address, and is gone after a reload.
 */
export function keepFreshKey(key: FreshKey | null): void {
  fresh = key
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** The fresh key of this organisation, if there is one. */
export function useFreshKey(orgSlug: string): FreshKey | null {
  const key = useSyncExternalStore(
    subscribe,
    () => fresh,
    () => null,
  )
  return key?.orgSlug === orgSlug ? key : null
}
