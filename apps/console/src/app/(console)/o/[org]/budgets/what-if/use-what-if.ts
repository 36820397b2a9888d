'use client'

import { useEffect, useRef, useState } from 'react'
import { paths } from '#paths.ts'
import { whatIfLine, type WhatIfResult } from './told.ts'

/** Where a replay is. */
export type WhatIfState =
  | { kind: 'idle' }
  | { kind: 'running'; done: number; of: number }
  | { kind: 'done'; result: WhatIfResult }
  | { kind: 'failed'; message: string }

/** Runs replays and tells how far the present one is. A new one, and leaving the page, ends the one before. */
export function useWhatIf(org: string) {
  const [state, setState] = useState<WhatIfState>({ kind: 'idle' })
  const running = useRef<AbortController>(null)
  useEffect(() => () => running.current?.abort(), [])

  const run = async (asked: object) => {
    running.current?.abort()
    const controller = new AbortController()
    running.current = controller
    setState({ kind: 'running', done: 0, of: 0 })
    try {
      for await (const line of linesOf(org, asked, controller.signal)) {
        if (controller.signal.aborted) return
        if (line.kind === 'progress') setState({ kind: 'running', done: line.done, of: line.of })
        else if (line.kind === 'failed') setState(line)
        else setState({ kind: 'done', result: line })
      }
    } catch (error) {
      if (controller.signal.aborted) return
      const message = error instanceof Refused ? error.message : 'The answer broke off. Please try again.'
      setState({ kind: 'failed', message })
    }
  }
  return { state, run }
}

/** What the console answered instead of lines. */
class Refused extends Error {}

async function* linesOf(org: string, asked: object, signal: AbortSignal) {
  const response = await fetch(paths.whatIf(org), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
    signal,
  })
  if (!response.ok || !response.body) throw new Refused((await response.text()) || 'The log could not be replayed.')
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield whatIfLine.parse(JSON.parse(line))
  }
}
