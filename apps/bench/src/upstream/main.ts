import { createServer, type ServerResponse } from 'node:http'
import { listen } from '../listen.ts'
import { endMark, streamedEvents, wholeAnswer } from './answers.ts'

/** Milliseconds between two events of a stream: 50 tokens a second, so that one stream stays open for a second. */
const eventEveryMs = 20

const streamAsked = Buffer.from('"stream":true')

// A provider that thinks no time at all, so that what is measured is the way to it.
listen(
  createServer({ keepAliveTimeout: 60_000 }, (request, reply) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (Buffer.concat(chunks).includes(streamAsked)) stream(reply)
      else whole(reply)
    })
  }),
)

function whole(reply: ServerResponse): void {
  reply.writeHead(200, { 'content-type': 'application/json', 'content-length': wholeAnswer.length })
  reply.end(wholeAnswer)
}

function stream(reply: ServerResponse): void {
  reply.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  let sent = 0
  const sendNext = () => {
    const event = streamedEvents[sent]
    sent += 1
    if (event === undefined) return reply.end(endMark)
    reply.write(event)
    return setTimeout(sendNext, eventEveryMs)
  }
  sendNext()
}
