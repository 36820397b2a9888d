# The console: Next's standalone output.
FROM node:24-bookworm-slim AS build
RUN npm install --global pnpm@12.21.0
WORKDIR /app
COPY . .
RUN pnpm install --frozen-lockfile \
  && PRISMA_SCHEMA_ENGINE_BINARY=/bin/true pnpm --filter @tollkeeper/db generate \
  && pnpm --filter @tollkeeper/console build \
  && cp -r apps/console/.next/static apps/console/.next/standalone/apps/console/.next/static \
  && if [ -d apps/console/public ]; then cp -r apps/console/public apps/console/.next/standalone/apps/console/public; fi

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOSTNAME=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build --chown=node:node /app/apps/console/.next/standalone /app
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=2s CMD ["node", "-e", "fetch('http://127.0.0.1:3000/api/health').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "apps/console/server.js"]
