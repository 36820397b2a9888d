import { Redis } from 'ioredis'

/**
 * A client that hands everything that is called in one turn of the event loop to the system in one write, at the end of
 * the turn: under load the writes cost more than the calls. Order, replies and time-outs are those of every client.
 */
export class GatheringRedis extends Redis {
  override sendCommand(...call: Parameters<Redis['sendCommand']>): unknown {
    // Undefined before the first connection, and another one after each reconnection.
    const stream: Redis['stream'] | undefined = this.stream
    if (stream?.writableCorked === 0) {
      stream.cork()
      setImmediate(() => stream.uncork())
    }
    return super.sendCommand(...call)
  }
}
