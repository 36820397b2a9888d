# The proxy: TypeScript run directly by Node, so the image keeps the workspace layout.
FROM node:24-bookworm-slim AS build
RUN npm install --global pnpm@12.21.0
WORKDIR /app
COPY . .
RUN pnpm install --frozen-lockfile --prod --filter @tollkeeper/proxy...

FROM node:24-bookworm-slim
ENV NODE_ENV=production PROXY_HOST=0.0.0.0 PROXY_PORT=8080
WORKDIR /app
COPY --from=build --chown=node:node /app /app
USER node
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=2s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/livez').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "apps/proxy/src/main.ts"]
