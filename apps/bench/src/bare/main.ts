import { listen } from '../listen.ts'
import { bareProxy } from './bare.ts'

const [origin] = process.argv.slice(2)
if (origin === undefined) throw new Error('Usage: node src/bare/main.ts <origin to pass everything to>')
listen(bareProxy(origin))
