import type { Flight } from './flight.ts'
import type { Question } from './question.ts'

/** The calls of this process that others may still join, by what they ask. */
export class Flights {
  readonly #byQuestion = new Map<string, { question: Question; flight: Flight }[]>()

  /** The call that answers the same question, if there is one. */
  find(question: Question, now: number): Flight | undefined {
    const alike = this.#byQuestion.get(question.coarse)
    return alike?.find((there) => there.flight.isOpen(now) && there.question.exact() === question.exact())?.flight
  }

  add(question: Question, flight: Flight): void {
    const alike = this.#byQuestion.get(question.coarse)
    if (alike) alike.push({ question, flight })
    else this.#byQuestion.set(question.coarse, [{ question, flight }])
  }

  /** Lets nobody else join. Harmless when repeated. */
  remove(question: Question, flight: Flight): void {
    const alike = this.#byQuestion.get(question.coarse)
    const left = alike?.filter((there) => there.flight !== flight) ?? []
    if (left.length > 0) this.#byQuestion.set(question.coarse, left)
    else this.#byQuestion.delete(question.coarse)
  }
}
