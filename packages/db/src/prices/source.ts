import { readFile } from 'node:fs/promises'
import { waitForUpdate, type Provider } from '@pydantic/genai-prices'

/** The providers of the package as installed. It never asks the network unless told to, and nothing here tells it to. */
export async function readSource(): Promise<{ name: string; providers: readonly Provider[] }> {
  const providers = await waitForUpdate()
  if (!providers || providers.length === 0) throw new Error('The price package holds no providers')
  const manifest = JSON.parse(
    await readFile(new URL('../package.json', import.meta.resolve('@pydantic/genai-prices')), 'utf8'),
  ) as { version: string }
  return { name: `genai-prices ${manifest.version}`, providers }
}
