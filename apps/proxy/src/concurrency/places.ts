import { WaitingLine } from './waiting-line.ts'

/** Places of this process, so many per name, with a short line in front of them. */
export type Places = {
  /** True: has a place now. A promise: whether it got one within the wait. */
  take(name: string): true | Promise<boolean>
  give(name: string): void
  /** How many have a place. */
  readonly taken: number
}

export type PlacesOptions = {
  /** Places of a name. */
  mostOf: (name: string) => number
  waitMs: number
  /** Who may wait per name; whoever comes then is refused at once. */
  mostWaiting: number
}

type Waiter = (got: boolean) => void
type Room = { taken: number; line: WaitingLine<Waiter> }

export function makePlaces({ mostOf, waitMs, mostWaiting }: PlacesOptions): Places {
  const rooms = new Map<string, Room>()
  let all = 0

  function wait({ line }: Room): Promise<boolean> {
    if (line.size >= mostWaiting) return Promise.resolve(false)
    return new Promise((resolve) => {
      const waiter = (got: boolean) => {
        clearTimeout(timer)
        resolve(got)
      }
      const timer = setTimeout(() => {
        line.leave(waiter)
        resolve(false)
      }, waitMs)
      line.add(waiter)
    })
  }

  return {
    take(name) {
      let room = rooms.get(name)
      if (!room) rooms.set(name, (room = { taken: 0, line: new WaitingLine(mostWaiting / 2) }))
      if (room.taken >= mostOf(name)) return wait(room)
      room.taken += 1
      all += 1
      return true
    },
    give(name) {
      const room = rooms.get(name)
      if (!room) return
      // Handed over: nobody who comes now overtakes those who wait.
      const next = room.line.next()
      if (next) return next(true)
      room.taken -= 1
      all -= 1
      if (room.taken === 0) rooms.delete(name)
    },
    get taken() {
      return all
    },
  }
}
