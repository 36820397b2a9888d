import type { Choice } from '#ui/combobox.tsx'

let choices: readonly Choice[] | undefined

/** Every IANA zone the browser knows, and UTC, with the present distance from UTC. */
export function timeZoneChoices(): readonly Choice[] {
  choices ??= ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')].map((zone) => ({
    value: zone,
    label: zone.replaceAll('_', ' '),
    note: offsetText(zone),
  }))
  return choices
}

const offsetText = (zone: string): string =>
  new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' })
    .formatToParts()
    .find((part) => part.type === 'timeZoneName')?.value ?? ''
