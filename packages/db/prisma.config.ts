import { defineConfig } from 'prisma/config'
import { migrationEnv } from './src/env.ts'

export default defineConfig({
  schema: '../../prisma/schema.prisma',
  migrations: { path: '../../prisma/migrations', seed: 'node ../../prisma/seed.ts' },
  datasource: { url: migrationEnv().DATABASE_URL },
})
