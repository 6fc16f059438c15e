import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/** The folder in which a demo leaves what it made. */
export interface ArtefactFolder {
  /** Name of each file and its absolute path, in the order in which they were written. */
  readonly paths: Readonly<Record<string, string>>
  write(name: string, content: string | Uint8Array): Promise<string>
}

/** Opens the folder, making it if need be; what lies in it is overwritten name by name. */
export async function openArtefactFolder(path: string): Promise<ArtefactFolder> {
  const folder = resolve(path)
  await mkdir(folder, { recursive: true })
  const paths: Record<string, string> = {}
  return {
    paths,
    async write(name, content) {
      const file = join(folder, name)
      await writeFile(file, content)
      paths[name] = file
      return file
    },
  }
}
