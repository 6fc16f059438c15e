import type { TenantId } from '../base/ids.js'
import type { Scope } from '../model/scope.js'

/** Whoever follows a link acts as the person to whom it was sent. */
export function linkScope(tenant: string): Scope {
  return { tenant: tenant as TenantId, actor: { id: 'recipient', kind: 'system', roles: [] } }
}
