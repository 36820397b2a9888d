import type { Turn } from '@tollkeeper/domain/chat'

/** One turn for each change of the speaker; in a turn of the user, results of tools first, as providers want them. */
export function joinTurns(turns: readonly Turn[]): Turn[] {
  const joined: Turn[] = []
  for (const turn of turns) {
    const last = joined.at(-1)
    if (last?.role === 'user' && turn.role === 'user') last.parts = [...last.parts, ...turn.parts]
    else if (last?.role === 'assistant' && turn.role === 'assistant') last.parts = [...last.parts, ...turn.parts]
    else joined.push({ ...turn })
  }
  for (const turn of joined) {
    if (turn.role !== 'user' || !turn.parts.some((part) => part.kind === 'tool-result')) continue
    const results = turn.parts.filter((part) => part.kind === 'tool-result')
    turn.parts = [...results, ...turn.parts.filter((part) => part.kind !== 'tool-result')]
  }
  return joined
}
