import { StoreUnavailable } from '@tollkeeper/redis/connection'

/** Time is counted in so many steps. */
const steps = 4

/**
 * The store's answer, unless it takes longer than `ms`. Time in which this process stood still is not the store's: a step
 * that ends late was as long as any other, since by its end the answer may lie in the socket unread, or the question may
 * not have left.
 *
 * @throws StoreUnavailable
 */
export function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let left = steps
    const step = () => {
      left -= 1
      if (left > 0) timer = setTimeout(step, ms / steps)
      // What has arrived meanwhile is read before this runs.
      else setImmediate(() => setImmediate(() => reject(new StoreUnavailable(`no answer within ${ms} ms`))))
    }
    let timer = setTimeout(step, ms / steps)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
