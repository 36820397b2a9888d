import type { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { authOptions } from '#server/auth.ts'

type Segments = { params: Promise<{ nextauth: string[] }> }

// The options need the environment, which is not there while building.
const handler = (request: NextRequest, segments: Segments): Promise<Response> =>
  NextAuth(request as never, segments as never, authOptions())

export { handler as GET, handler as POST }
