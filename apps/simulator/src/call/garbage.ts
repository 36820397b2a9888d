import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Garbage } from '../marks.ts'
import type { OpenCall } from './open-call.ts'

/** The answer as it should have been, and what becomes of it. */
export type Spoiled = { kind: Garbage; body: string; head: Record<string, string> }

const megabyte = 1_048_576
const hugeBytes = 100 * megabyte
const tinyEvents = 1_000_000

/**
 * Sends garbage in place of an answer. What the model wrote is billed where the answer, or a part of it, is in there;
 * a page, a bomb or one endless line never came from the model and cost nothing.
 */
export function sendGarbage(call: OpenCall, response: ServerResponse, { kind, body, head }: Spoiled): void {
  const end = (how: 'complete' | 'garbage', generatedTokens = call.plan.completionTokens) =>
    call.end({ end: how, status: 200, generatedTokens })
  const send = (headers: Record<string, string | string[]>, bytes: string | Buffer) => {
    response.writeHead(200, headers)
    response.end(bytes)
  }
  switch (kind) {
    case 'html':
      end('garbage', 0)
      return send(
        { ...head, 'content-type': 'text/html' },
        '<!doctype html><title>Sign in</title><p>Please sign in to the network.',
      )
    case 'content-type':
      end('complete')
      return send({ ...head, 'content-type': 'text/plain' }, body)
    case 'truncated':
      end('garbage')
      return send(head, Buffer.from(body).subarray(0, Math.floor(body.length / 2)))
    case 'utf8':
      end('garbage')
      return send(head, withBadBytes(body))
    case 'huge-line':
      end('garbage', 0)
      response.writeHead(200, head)
      return pour(response, { first: 'data: {"', piece: 'x'.repeat(megabyte), times: hugeBytes / megabyte })
    case 'tiny-events':
      end('garbage', 0)
      response.writeHead(200, head)
      return pour(response, { first: '', piece: 'data: {}\n\n'.repeat(1_000), times: tinyEvents / 1_000 })
    case 'gzip-bomb':
      end('garbage', 0)
      return send({ ...head, 'content-encoding': 'gzip' }, bomb())
    case 'stacked':
      end('complete')
      return send({ ...head, 'content-encoding': 'gzip, gzip, gzip' }, gzipSync(gzipSync(gzipSync(body))))
    case 'many-headers':
      end('complete')
      return send(
        { ...head, ...Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`x-more-${at}`, 'x'])) },
        body,
      )
    case 'long-header':
      end('complete')
      return send({ ...head, 'x-long': 'x'.repeat(65_536) }, body)
    case 'second-response': {
      end('complete')
      // Held on to: an answer that is over has let go of it.
      const { socket } = response
      response.once('finish', () => socket?.write(unasked))
      return send({ ...head, 'content-length': String(Buffer.byteLength(body)) }, body)
    }
    case 'chunk-extension':
      end('complete')
      return sendRaw(
        response,
        head,
        `${Buffer.byteLength(body).toString(16)};x=${'y'.repeat(65_536)}\r\n${body}\r\n0\r\n\r\n`,
      )
  }
}

/** An answer that nobody asked for, on a connection that is free again. */
const unasked = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"choices":["evil"]}'

const textKeys = ['"content":"', '"text":"', '"delta":"', '"embedding":"']

/** One byte of the last text is none of UTF-8; what stays around it is still JSON, or events. */
function withBadBytes(body: string): Buffer {
  const bytes = Buffer.from(body)
  const at = Math.max(...textKeys.map((key) => (body.includes(key) ? bytes.lastIndexOf(key) + key.length : 0)))
  bytes.fill(0xff, at, at + 1)
  return bytes
}

type Pour = { first: string; piece: string; times: number }

/** Writes as fast as the client reads, and ends. */
function pour(response: ServerResponse, { first, piece, times }: Pour): void {
  response.write(first)
  let left = times
  const on = () => {
    while (left > 0 && !response.destroyed) {
      left -= 1
      if (!response.write(piece)) return void response.once('drain', on)
    }
    response.end()
  }
  on()
}

let made: Buffer | undefined
const bomb = (): Buffer => (made ??= gzipSync(Buffer.alloc(hugeBytes, 0x20)))

/** Past the writer of Node, which would not send this. */
function sendRaw(response: ServerResponse, head: Record<string, string>, rest: string): void {
  const { socket } = response
  if (!socket) return
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 200 OK\r\n${lines.join('')}transfer-encoding: chunked\r\n\r\n${rest}`)
}
