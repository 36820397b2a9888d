/** What happens to bytes on their way through a link, in one direction. */
export type Weather = {
  /** Each piece is late by this much, and by up to `jitterMs` more. Order is kept. */
  readonly latencyMs: number
  readonly jitterMs: number
  /** Null: as fast as the sockets are. */
  readonly bytesPerSecond: number | null
  /** Pieces are cut to at most so many bytes, each written by itself. */
  readonly sliceBytes: number | null
  /** A connection is closed once it carried so many bytes in this direction. */
  readonly closeAfterBytes: number | null
  /** One bit is turned in about one of so many bytes. */
  readonly flipOneBitIn: number | null
  /** Nothing arrives until this is over: then everything does, as after a network that lost its way. */
  readonly hold: boolean
  /** Nothing arrives, ever: whoever lost bytes gets a reset when this is over. */
  readonly lose: boolean
}

const calmWeather: Weather = {
  latencyMs: 0,
  jitterMs: 0,
  bytesPerSecond: null,
  sliceBytes: null,
  closeAfterBytes: null,
  flipOneBitIn: null,
  hold: false,
  lose: false,
}

/**
 * What becomes of new connections. `refuse`: reset at once. `stall`: accepted, and never read from.
 */
export type Door = 'open' | 'refuse' | 'stall'

/** The state of a link. `up` is from the client to the server. */
export type LinkState = { readonly door: Door; readonly up: Weather; readonly down: Weather }

export const calmLink: LinkState = { door: 'open', up: calmWeather, down: calmWeather }

/** A change of a link; what it does not name stays. `both` is for both directions. */
export type LinkChange = {
  door?: Door
  up?: Partial<Weather>
  down?: Partial<Weather>
  both?: Partial<Weather>
}

/** The state after a change. */
export const changedLink = (state: LinkState, { door, up, down, both }: LinkChange): LinkState => ({
  door: door ?? state.door,
  up: { ...state.up, ...both, ...up },
  down: { ...state.down, ...both, ...down },
})
