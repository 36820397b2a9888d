const duties = new Set<() => void>()

/** Does `duty`, synchronously, when this process ends in good order; gives a function that takes that back. */
export function atExit(duty: () => void): () => void {
  // One listener for all: Node warns of more than ten.
  if (duties.size === 0) process.once('exit', doAll)
  duties.add(duty)
  return () => {
    duties.delete(duty)
    if (duties.size === 0) process.off('exit', doAll)
  }
}

function doAll(): void {
  for (const duty of duties) duty()
}
