import { redisReady } from '@tollkeeper/redis/connection'
import { stores } from '#server/stores.ts'

/** For load balancers and the launcher: 200 when Postgres and Redis answer, else 503 with which one does not. */
export async function GET(): Promise<Response> {
  const { database, redis } = stores()
  const [postgres, cache] = await Promise.all([
    answers(database.prisma.$queryRaw`SELECT 1`),
    answers(redisReady(redis, patienceMs).then(() => redis.ping())),
  ])
  const ok = postgres && cache
  return Response.json(
    { ok, postgres, redis: cache },
    { status: ok ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  )
}

const patienceMs = 2_000

const answers = (question: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    question.then(
      () => true,
      () => false,
    ),
    new Promise<false>((resolve) => setTimeout(() => resolve(false), patienceMs)),
  ])
