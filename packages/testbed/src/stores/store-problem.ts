/** A store cannot run here; the message is one sentence for the person at the terminal. */
export class StoreProblem extends Error {
  override readonly name = 'StoreProblem'
}
