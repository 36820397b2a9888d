# The provider that needs no key: for demos and rehearsals, never for production traffic.
FROM node:24-bookworm-slim AS build
RUN npm install --global pnpm@12.21.0
WORKDIR /app
COPY . .
RUN pnpm install --frozen-lockfile --prod --filter @tollkeeper/simulator...

FROM node:24-bookworm-slim
ENV NODE_ENV=production SIMULATOR_HOST=0.0.0.0 SIMULATOR_PORT=9099
WORKDIR /app
COPY --from=build --chown=node:node /app /app
USER node
EXPOSE 9099
CMD ["node", "apps/simulator/src/main.ts"]
