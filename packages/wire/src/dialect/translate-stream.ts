import type { StreamCodec, StreamOptions, StreamStep, WireDialect } from './wire-dialect.ts'

/** A stream from a provider of one dialect to a client of another: each event is read, and written anew. */
export function translateStream(client: WireDialect, provider: WireDialect, options: StreamOptions): StreamCodec {
  const reader = provider.makeReader()
  const writer = client.makeWriter(options)
  return {
    mayMatter: () => true,
    outputEvents: reader.outputEvents,
    gatherTexts: reader.gatherTexts,
    step(frame) {
      const step: StreamStep = {}
      const out: Buffer[] = []
      for (const event of reader.read(frame)) {
        if (event.kind === 'done' || event.kind === 'error') step.end = event.kind
        if (event.kind === 'usage') {
          step.report = event.report
          if (event.last) step.complete = true
        }
        const bytes = writer.write(event)
        if (bytes) out.push(bytes)
      }
      if (out.length > 0) step.out = Buffer.concat(out)
      return step
    },
    ending: (charged) => writer.ending(charged),
    errorFrame: writer.errorFrame ?? client.failureFrame,
    keepAlive: client.keepAlive,
  }
}
