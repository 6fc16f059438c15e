import * as z from 'zod'
import type { TenantId } from '../base/ids.js'
import { hostIdSchema, storableSchema } from './fields.js'

/** Who acts: recorded in the journal with every change. */
export interface Actor {
  /** The host's own id of the person or program. */
  readonly id: string
  readonly kind: 'user' | 'service' | 'system'
  /** Roles that the host gives; asked by its access policy. */
  readonly roles: readonly string[]
}

/** Tenant and actor: the first argument of every use case and of every storage method. */
export interface Scope {
  readonly tenant: TenantId
  readonly actor: Actor
}

export const scopeSchema = z.strictObject({
  tenant: storableSchema(128)
    .min(1)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
    .regex(/^[^\u0000-\u001f\u007f]+$/, 'must not contain control characters')
    .transform((text) => text as TenantId),
  actor: z.strictObject({
    id: hostIdSchema,
    kind: z.enum(['user', 'service', 'system']),
    roles: z.array(z.string().min(1).max(64)).max(64).default([]),
  }),
})

/** What a host passes to `kit.as`. */
export type ScopeInput = z.input<typeof scopeSchema>

/** The scope under which a worker acts for a tenant. */
export function workerScope(tenant: TenantId, worker: string): Scope {
  return { tenant, actor: { id: worker, kind: 'system', roles: [] } }
}
