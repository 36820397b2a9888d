import type { TokenClass } from '@tollkeeper/domain/price'

/** Column of `ledger_entry` for each class of tokens. */
export const storedTokens: Record<TokenClass, string> = {
  inputUncached: 'input_uncached',
  inputCacheRead: 'input_cache_read',
  inputCacheWrite5m: 'input_cache_write_5m',
  inputCacheWrite1h: 'input_cache_write_1h',
  outputText: 'output_text',
  audioIn: 'audio_in',
  audioOut: 'audio_out',
  imageIn: 'image_in',
  imageOut: 'image_out',
}
