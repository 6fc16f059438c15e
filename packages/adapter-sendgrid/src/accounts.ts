import { type Scope, sha256, toHex, utf8 } from '@campaignkit/core/adapter'

/** A key for everybody, or one for each tenant. */
export type ApiKeys = string | Readonly<Record<string, string>> | ((tenant: string) => string | undefined)

/** Whose key a tenant sends with. */
export interface Accounts {
  /** Null when the tenant has none. */
  keyOf(scope: Scope): string | null
  /** A fingerprint of the key, from which it cannot be read. */
  accountOf(scope: Scope): string
}

const KEY = /^[\x21-\x7e]{1,1000}$/

/** Whether a text can be an API key: printable ASCII without spaces. */
export function isKey(text: unknown): text is string {
  return typeof text === 'string' && KEY.test(text)
}

/** Keys by tenant; they are asked for with each call, so that one can be changed while the host runs. */
export function createAccounts(keys: ApiKeys): Accounts {
  const keyOf = ({ tenant }: Scope): string | null => {
    const key = lookUp(keys, tenant)
    return isKey(key) ? key : null
  }
  return {
    keyOf,
    accountOf(scope) {
      const key = keyOf(scope)
      return key === null ? `sendgrid-without-key:${scope.tenant}` : fingerprint('sendgrid', key)
    },
  }
}

function lookUp(keys: ApiKeys, tenant: string): unknown {
  if (typeof keys === 'string') return keys
  if (typeof keys !== 'function') return Object.hasOwn(keys, tenant) ? keys[tenant] : undefined
  try {
    return keys(tenant)
  } catch {
    return undefined
  }
}

/** Names an account by what tells it apart; that cannot be read out of the name. */
export function fingerprint(prefix: string, told: string): string {
  return `${prefix}-${toHex(sha256(utf8(told))).slice(0, 16)}`
}
