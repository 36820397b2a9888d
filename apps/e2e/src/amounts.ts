import { expect, type Locator } from '@playwright/test'

/** "$1,234.5" or "1234.500000000" in nano-USD. */
export function nanoOf(text: string): bigint {
  const match = /^\$?(\d[\d,]*)(?:\.(\d{1,9}))?$/.exec(text.trim())
  if (!match) throw new Error(`Not an amount: ${JSON.stringify(text)}`)
  return BigInt((match[1] ?? '').replaceAll(',', '')) * 1_000_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'))
}

/** The amount inside a cell to the last nano-dollar: its tooltip has it where the cell shows it rounded. */
export async function exactAmount(cell: Locator): Promise<bigint> {
  const shown = cell.getByText(/^\$/)
  const text = (await shown.getAttribute('title')) ?? (await shown.innerText())
  // Whatever is shown in full has nothing to add.
  if ((await shown.getAttribute('tabindex')) === null) return nanoOf(text)
  const tooltip = cell.page().getByRole('tooltip')
  await shown.hover()
  const full = (await tooltip.textContent()) ?? ''
  // In steps, as a hand does: the tooltip stays while the pointer may be on its way to it.
  await cell.page().mouse.move(0, 0, { steps: 4 })
  await expect(tooltip).toHaveCount(0)
  return nanoOf(full)
}
