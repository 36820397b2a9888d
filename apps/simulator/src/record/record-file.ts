import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { z } from 'zod'
import { type Call, callSchema } from './call.ts'

const lineSchema = z.union([callSchema, z.object({ reset: z.literal(true), seq: z.number() })])

/** A line of the file: a call, or the mark that the record was reset after call `seq`. */
export type RecordLine = z.infer<typeof lineSchema>

/** The append-only JSONL file of calls. */
export type RecordFile = {
  /** Hands the line to the operating system before it returns, so it outlives this process. */
  append(line: Call | { reset: true; seq: number }): void
  close(): void
}

/**
 * Opens the file, makes it when it is not there, and hands every line it already has to `replay`.
 * Throws when the file cannot be written or a line is not one of ours. A last line without its
 * newline is one that a dying machine tore; it is taken off.
 */
export function openRecordFile(path: string, replay: (line: RecordLine) => void): RecordFile {
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'a+')
  const whole = readLines(file, (text) => replay(lineSchema.parse(JSON.parse(text))))
  ftruncateSync(file, whole)
  return {
    append: (line) => {
      writeSync(file, `${JSON.stringify(line)}\n`)
    },
    close: () => closeSync(file),
  }
}

/** Gives the length in bytes up to and with the last newline. */
function readLines(file: number, take: (text: string) => void): number {
  const decoder = new StringDecoder('utf8')
  const chunk = Buffer.alloc(1024 * 1024)
  let rest = ''
  let whole = 0
  for (let at = 0; ;) {
    const size = readSync(file, chunk, 0, chunk.length, at)
    if (size === 0) return whole
    const read = chunk.subarray(0, size)
    const lines = (rest + decoder.write(read)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') take(line)
    if (read.includes(10)) whole = at + read.lastIndexOf(10) + 1
    at += size
  }
}
