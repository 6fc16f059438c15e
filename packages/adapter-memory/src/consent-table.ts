import {
  type AddressKey,
  byCodePoints,
  type ChannelKind,
  type ConsentRecord,
  type CustomerId,
  canonicalJson,
  isDecided,
  joinSuppression,
  type Suppression,
  standing,
} from '@campaignkit/core/adapter'

/** Evidence and suppressions of a tenant; what is written must be frozen. */
export class ConsentTable {
  readonly #byCustomer = new Map<CustomerId, Map<string, ConsentRecord>>()
  readonly #suppressions = new Map<AddressKey, Map<ChannelKind, Suppression>>()

  record(record: ConsentRecord): void {
    const known = this.#byCustomer.get(record.customerId) ?? new Map<string, ConsentRecord>()
    const identity = canonicalJson(record)
    if (!known.has(identity)) known.set(identity, record)
    this.#byCustomer.set(record.customerId, known)
  }

  /** Oldest first; ties in an order that does not depend on that of their arrival. */
  history(customerId: CustomerId): readonly ConsentRecord[] {
    return [...(this.#byCustomer.get(customerId) ?? [])]
      .sort(
        ([left, { obtainedAt: first }], [right, { obtainedAt: second }]) =>
          first - second || byCodePoints(left, right),
      )
      .map(([, record]) => record)
  }

  standing(customerId: CustomerId): readonly ConsentRecord[] {
    const last = new Map<string, ConsentRecord>()
    for (const record of this.history(customerId).filter(isDecided)) {
      const subject = `${record.channel} ${record.topic}`
      const known = last.get(subject)
      last.set(subject, known === undefined ? record : standing(known, record))
    }
    return [...last.values()]
  }

  forget(customerId: CustomerId): void {
    this.#byCustomer.delete(customerId)
  }

  suppress(suppression: Suppression): void {
    const known = this.#suppressions.get(suppression.addressKey) ?? new Map<ChannelKind, Suppression>()
    const earlier = known.get(suppression.channel) ?? suppression
    known.set(suppression.channel, joinSuppression(earlier, suppression))
    this.#suppressions.set(suppression.addressKey, known)
  }

  unsuppress({ addressKey, channel }: Pick<Suppression, 'channel' | 'addressKey'>): void {
    this.#suppressions.get(addressKey)?.delete(channel)
  }

  suppressed(addressKey: AddressKey): readonly Suppression[] {
    return [...(this.#suppressions.get(addressKey)?.values() ?? [])]
  }
}
