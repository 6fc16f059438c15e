import { readBody } from '../base/read-body.js'

/** Longest body that is read where nothing else is said, in bytes. */
export const MAX_BODY_BYTES = 4_096

/** What a form sent. */
export type FormBody =
  | {
      readonly outcome: 'fields'
      readonly field: (name: string) => string | null
      /** Every value of a name. */
      readonly all: (name: string) => readonly string[]
    }
  | { readonly outcome: 'malformed' }
  | { readonly outcome: 'tooLarge' }

/**
 * Reads the body of a POST: `multipart/form-data` when it says so, else as a URL-encoded form, since not every mail
 * provider names the type.
 *
 * @param maxBytes - of a longer one nothing is told
 */
export async function readForm(request: Request, maxBytes = MAX_BODY_BYTES): Promise<FormBody> {
  const bytes = await readBody(request, maxBytes)
  if (bytes === null) return { outcome: 'tooLarge' }
  const type = request.headers.get('content-type') ?? ''
  if (/^\s*multipart\/form-data\b/i.test(type)) return readMultipart(bytes, type)
  return fieldsOf(new URLSearchParams(new TextDecoder().decode(bytes)))
}

async function readMultipart(bytes: Uint8Array, type: string): Promise<FormBody> {
  try {
    return fieldsOf(await new Response(bytes, { headers: { 'content-type': type } }).formData())
  } catch {
    return { outcome: 'malformed' }
  }
}

/** Fields that are texts; a file is none. */
function fieldsOf(fields: { getAll(name: string): readonly unknown[] }): FormBody {
  const all = (name: string) => fields.getAll(name).filter((value) => typeof value === 'string')
  return { outcome: 'fields', all, field: (name) => all(name)[0] ?? null }
}
