import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Chance } from '../chance.ts'
import type { ProxySeat } from '../plant/plant.ts'
import type { Tenant, TenantKey } from '../plant/tenants.ts'
import { startBalancer } from './balancer.ts'
import { call } from './call.ts'
import type { ClientCall } from './history.ts'
import type { LoadProfile } from './profile.ts'

/** Requests that go on until it is told to stop. */
export type Load = {
  /** What became of the requests that have ended so far. */
  history: readonly ClientCall[]
  /** Requests sent and not ended. */
  underWay(): number
  /** Sends no more, and resolves when the last one has ended. */
  stop(): Promise<void>
}

/** Requests under way beyond which no more are started: a machine that is too slow must not fill its memory. */
const mostUnderWay = 400

/** Starts requests at the profile's rate, whether answers come or not. */
export function startLoad(
  seats: readonly ProxySeat[],
  tenants: readonly Tenant[],
  profile: LoadProfile,
  chance: Chance,
): Load {
  const history: ClientCall[] = []
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity })
  const balancer = startBalancer(seats, chance)
  const underWay = new Set<Promise<void>>()
  const over = new AbortController()
  let at = 0

  function askOnce(): void {
    const tenant = chance.pick(tenants)
    const key = keyFor(tenant, chance.percent(profile.tightPercent), chance)
    const proxy = balancer.next()
    const seat = seats[proxy]
    if (!seat) return
    const stream = chance.percent(profile.streamPercent)
    const tokens = chance.whole(...profile.tokens)
    const [least, most] = profile.streamMs
    const takesMs = stream ? chance.whole(least, most) : chance.whole(30, 300)
    const asked = call({
      at: (at += 1),
      orgId: tenant.orgId,
      keyId: key.id,
      proxy,
      stream,
      url: seat.client.through(seat.machine.url),
      secret: key.secret,
      tokens,
      tokensPerSecond: Math.max(1, Math.round((tokens * 1_000) / takesMs)),
      leaveAfterMs: stream && chance.percent(profile.leavePercent) ? chance.whole(1, takesMs) : null,
      agent,
    }).then((seen) => {
      underWay.delete(asked)
      history.push(seen)
    })
    underWay.add(asked)
  }

  async function run(): Promise<void> {
    while (!over.signal.aborted) {
      if (underWay.size < mostUnderWay) askOnce()
      // Exponential pauses: requests of many clients know nothing of each other.
      await sleep((-Math.log(1 - chance.next()) * 1_000) / profile.perSecond)
    }
  }
  const running = run()
  return {
    history,
    underWay: () => underWay.size,
    async stop() {
      over.abort()
      await running
      balancer.stop()
      await Promise.all(underWay)
      agent.destroy()
    },
  }
}

function keyFor(tenant: Tenant, tight: boolean, chance: Chance): TenantKey {
  const fitting = tenant.keys.filter((key) => key.tight === tight)
  return chance.pick(fitting.length > 0 ? fitting : tenant.keys)
}
