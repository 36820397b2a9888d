import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { listen } from '../listen.ts'
import type { Job } from './job.ts'
import { runJob } from './run-job.ts'

// One POST is one job; the answer is its outcome. A process of its own, so that the bench's other work takes
// no time from it, and one for all rounds, so that it is as warm for the first contender as for the second.
listen(
  createServer({ requestTimeout: 0 }, (request, reply) => {
    text(request)
      .then((body) => runJob(JSON.parse(body) as Job))
      .then((outcome) => reply.end(JSON.stringify(outcome)))
      .catch((error: unknown) => reply.writeHead(500).end(String(error)))
  }),
)
