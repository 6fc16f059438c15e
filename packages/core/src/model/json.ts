import * as z from 'zod'
import { utf8 } from '../base/bytes.js'

/** A value of JSON. */
export type Json = string | number | boolean | null | Json[] | JsonObject

/** An object of JSON. */
export type JsonObject = { [key: string]: Json }

const MAX_DEPTH = 32

type Path = readonly PropertyKey[]

interface Copying {
  /** Values that may still be copied: each takes a byte at least, so shared parts cannot multiply without end. */
  left: number
  refuse(message: string, path: Path): null
}

/**
 * A schema for an object of plain JSON: nothing that JSON cannot say, no key `__proto__`, at most 32 levels. The
 * result is a copy.
 *
 * @param maxBytes - size of its JSON text in UTF-8
 */
export function jsonObjectSchema(maxBytes: number): z.ZodType<JsonObject, JsonObject> {
  return z
    .custom<JsonObject>(isPlainObject, 'expected an object')
    .transform((value, context): JsonObject => {
      const refuse = (message: string, path: Path) => {
        context.addIssue({ code: 'custom', message, path: [...path] })
        return null
      }
      return copyObject(value, [], { left: maxBytes, refuse })
    })
    .refine((value) => utf8(JSON.stringify(value)).length <= maxBytes, `larger than ${maxBytes} bytes`)
}

function copyObject(value: object, path: Path, copying: Copying): JsonObject {
  const copy: JsonObject = {}
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__') copying.refuse('is not allowed as a key', [...path, key])
    else copy[key] = copyJson(inner, [...path, key], copying)
  }
  return copy
}

function copyJson(value: unknown, path: Path, copying: Copying): Json {
  copying.left -= 1
  if (copying.left < 0) return copying.left === -1 ? copying.refuse('has too many values', path) : null
  if (path.length > MAX_DEPTH) return copying.refuse(`nested deeper than ${MAX_DEPTH} levels`, path)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number')
    return Number.isFinite(value) ? value : copying.refuse('not a finite number', path)
  if (Array.isArray(value)) return value.map((inner, index) => copyJson(inner, [...path, index], copying))
  return isPlainObject(value) ? copyObject(value, path, copying) : copying.refuse('not a value of JSON', path)
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
