import { readBody } from '../base/read-body.js'

/** Longest body that is read, in bytes. */
const MAX_BODY_BYTES = 4_096

/** What a form sent. */
export type FormBody =
  | { readonly outcome: 'fields'; readonly field: (name: string) => string | null }
  | { readonly outcome: 'malformed' }
  | { readonly outcome: 'tooLarge' }

/**
 * Reads the body of a POST, at most 4 KiB of it: `multipart/form-data` when it says so, else as a URL-encoded form,
 * since not every mail provider names the type.
 */
export async function readForm(request: Request): Promise<FormBody> {
  const bytes = await readBody(request, MAX_BODY_BYTES)
  if (bytes === null) return { outcome: 'tooLarge' }
  const type = request.headers.get('content-type') ?? ''
  if (/^\s*multipart\/form-data\b/i.test(type)) return readMultipart(bytes, type)
  const fields = new URLSearchParams(new TextDecoder().decode(bytes))
  return { outcome: 'fields', field: (name) => fields.get(name) }
}

async function readMultipart(bytes: Uint8Array, type: string): Promise<FormBody> {
  try {
    const fields = await new Response(bytes, { headers: { 'content-type': type } }).formData()
    return {
      outcome: 'fields',
      field: (name) => {
        const value = fields.get(name)
        return typeof value === 'string' ? value : null
      },
    }
  } catch {
    return { outcome: 'malformed' }
  }
}
