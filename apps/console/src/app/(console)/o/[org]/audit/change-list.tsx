import { Disclosure } from '#ui/disclosure.tsx'
import { changesOf, type Change } from './changes.ts'

const shownAtOnce = 4

/** Before and after, field by field. Text only, whatever somebody named their key. */
export function ChangeList({ before, after }: { before: unknown; after: unknown }) {
  const changes = changesOf(before, after)
  if (changes.length === 0) return <span className="text-faint">—</span>
  const [first, rest] = [changes.slice(0, shownAtOnce), changes.slice(shownAtOnce)]
  return (
    <div className="min-w-0 text-sm">
      <Lines changes={first} />
      {rest.length > 0 ? (
        <Disclosure label={`${rest.length} more`}>
          <Lines changes={rest} />
        </Disclosure>
      ) : null}
    </div>
  )
}

const Lines = ({ changes }: { changes: readonly Change[] }) => (
  <ul className="flex flex-col gap-0.5">
    {changes.map(({ path, before, after }) => (
      <li key={path} className="break-words">
        <span className="text-muted">{path}</span>{' '}
        {before === undefined ? null : <del className="text-muted">{before}</del>}
        {before === undefined ? null : <span className="text-faint"> → </span>}
        {after === undefined ? (
          <span className="text-faint">removed</span>
        ) : (
          <ins className="no-underline">{after}</ins>
        )}
      </li>
    ))}
  </ul>
)
