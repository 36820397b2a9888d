# The worker, and the one-off jobs that need its packages (migrations, demo seed).
FROM node:24-bookworm-slim AS build
RUN npm install --global pnpm@12.21.0
WORKDIR /app
COPY . .
RUN pnpm install --frozen-lockfile \
  && PRISMA_SCHEMA_ENGINE_BINARY=/bin/true pnpm --filter @tollkeeper/db generate \
  && pnpm install --frozen-lockfile --prod --filter @tollkeeper/worker... --filter @tollkeeper/db... --filter tollkeeper

FROM node:24-bookworm-slim
ENV NODE_ENV=production WORKER_HOST=0.0.0.0 WORKER_PORT=9464
WORKDIR /app
COPY --from=build --chown=node:node /app /app
USER node
EXPOSE 9464
HEALTHCHECK --interval=5s --timeout=2s CMD ["node", "-e", "fetch('http://127.0.0.1:9464/readyz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "apps/worker/src/main.ts"]
