import type { Socket } from 'node:net'
import { fail, type Failure } from '@tollkeeper/domain/failure'
import { failureBody, statusOf } from '@tollkeeper/wire/openai-chat'
import { newRequestId } from '../observe/request-id.ts'
import { failureHeaders } from './failure-reply.ts'
import { longestTarget } from './guard.ts'

type ParserError = Error & { code?: string; rawPacket?: Buffer }

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  414: 'URI Too Long',
  431: 'Request Header Fields Too Large',
}

/** Answers what the HTTP parser gave up on, in the shape of every other failure, and closes the connection. */
export function answerBrokenRequest(error: ParserError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const failure = failureOf(error)
  const status = statusOf(failure)
  const requestId = newRequestId()
  const body = failureBody(failure, requestId)
  const headers = failureHeaders(failure, requestId)
  let head = `HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`
  socket.end(`${head}\r\n${body}`)
}

function failureOf(error: ParserError): Failure {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return targetIsTooLong(error.rawPacket)
        ? fail('invalid_http', { why: 'the target is too long' }, { status: 414 })
        : fail('invalid_http', { why: 'the headers are too large' }, { status: 431 })
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return fail('invalid_http', { why: 'a chunk extension is too large' }, { status: 413 })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return fail('invalid_http', { why: 'it did not arrive in time' }, { status: 408 })
    default:
      return fail('invalid_http', { why: 'its head or its framing is malformed' })
  }
}

/** Node counts the target among the headers, so its parser does not say which of them was too long. */
function targetIsTooLong(packet: Buffer | undefined): boolean {
  const endOfLine = packet?.indexOf('\r\n') ?? 0
  return endOfLine < 0 || endOfLine > longestTarget
}
