import { z } from 'zod'

/** The mark that asks for a beginning of the prompt to be cached. */
export const cacheControl = z
  .looseObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() })
  .nullish()
const marked = { cache_control: cacheControl }

const textBlock = z.looseObject({ type: z.literal('text'), text: z.string().min(1), ...marked })

const imageBlock = z.looseObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.looseObject({
      type: z.literal('base64'),
      media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
      data: z.base64().min(1),
    }),
    z.looseObject({ type: z.literal('url'), url: z.url({ protocol: /^https$/ }) }),
    z.looseObject({ type: z.literal('file'), file_id: z.string() }),
  ]),
  ...marked,
})

const documentBlock = z.looseObject({
  type: z.literal('document'),
  source: z.looseObject({ type: z.string(), data: z.string().optional() }),
  ...marked,
})

const block = z.discriminatedUnion('type', [
  textBlock,
  imageBlock,
  documentBlock,
  z.looseObject({
    type: z.literal('tool_use'),
    id: z.string().regex(/^[a-zA-Z0-9_-]+$/),
    name: z.string().min(1).max(200),
    input: z.record(z.string(), z.unknown()),
    ...marked,
  }),
  z.looseObject({
    type: z.literal('tool_result'),
    tool_use_id: z.string().regex(/^[a-zA-Z0-9_-]+$/),
    content: z
      .union([z.string(), z.array(z.discriminatedUnion('type', [textBlock, imageBlock, documentBlock]))])
      .optional(),
    is_error: z.boolean().nullish(),
    ...marked,
  }),
  z.looseObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  z.looseObject({ type: z.literal('redacted_thinking'), data: z.string() }),
])

/** One block of a message. */
export type Block = z.infer<typeof block>

/** The content of a message: text, or blocks. */
export const messageContent = z.union([z.string().min(1), z.array(block)])

/** The system prompt: text, or blocks of text. */
export const systemContent = z.union([z.string(), z.array(textBlock)])

/** The blocks of a message, text as one block. */
export const blocksOf = (content: z.infer<typeof messageContent>): readonly Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content
