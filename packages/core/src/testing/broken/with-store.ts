import type { Storage } from '../../ports/storage/storage.js'
import { overridden } from '../overridden.js'

/** The storage with some methods of one store replaced. */
export function withStore<Name extends keyof Storage>(
  storage: Storage,
  name: Name,
  methods: Partial<Storage[Name] & object>,
): Storage {
  const store = storage[name]
  if (typeof store !== 'object' || store === null) return storage
  return overridden<Storage>(storage, { [name]: overridden<object>(store, methods) })
}
