import { startPostgres } from '../../../packages/adapter-postgres/src/postgres-server.fixture.js'
console.log('start'); const s = await startPostgres(); console.log('up', s.url.length); await s.stop(); console.log('down')
