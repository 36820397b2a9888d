/** `next dev`, where the policy for scripts must allow the development tools. Fixed when the console is built. */
export const development = process.env['NODE_ENV'] === 'development'
