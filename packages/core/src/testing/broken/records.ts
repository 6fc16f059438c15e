import { isCampaignKitError } from '../../base/error.js'
import { type ConsentRecord, standing } from '../../model/consent.js'
import type { JournalEntry } from '../../model/journal.js'
import type { Suppression } from '../../model/suppression.js'
import type { Storage } from '../../ports/storage/storage.js'
import type { BrokenStorage } from './broken-wrapper.js'
import { withStore } from './with-store.js'

const lost = (entry: JournalEntry): JournalEntry => ({ ...entry, subject: { type: 'lost', id: entry.id } })

/** Storages that keep customers, consents, segments, campaigns or members wrongly. */
export const recordStorages: readonly BrokenStorage[] = [
  {
    name: 'gives out the rows that it keeps',
    caughtBy: 'customers: changing what was given out changes nothing that is kept',
    wrap: (storage) => {
      const rows = new Map<string, unknown>()
      return withStore(storage, 'customers', {
        get: async (scope, ids) => {
          const key = JSON.stringify([scope.tenant, ids])
          const row = rows.get(key) ?? structuredClone(await storage.customers.get(scope, ids))
          rows.set(key, row)
          return row as Awaited<ReturnType<Storage['customers']['get']>>
        },
      })
    },
  },
  {
    name: 'writes to a directory that is not writable',
    caughtBy: 'customers: a directory that is not writable refuses upsert, reseal and erase',
    wrap: (storage) => withStore(storage, 'customers', { writable: false }),
  },
  {
    name: 'reads the first of many campaigns alone',
    caughtBy: 'campaigns: getAll gives those of many that are there, each once',
    wrap: (storage) =>
      withStore(storage, 'campaigns', {
        getAll: async (scope, ids) => storage.campaigns.getAll(scope, ids.slice(0, 1)),
      }),
  },
  {
    name: 'loses what is sealed',
    caughtBy: 'customers: a sealed value is kept byte for byte, in the place of the plain one',
    wrap: (storage) =>
      withStore(storage, 'customers', {
        upsert: (scope, patches, entry) =>
          storage.customers.upsert(
            scope,
            patches.map(({ sealed: _sealed, ...plain }) => plain),
            entry,
          ),
      }),
  },
  {
    name: 'reseals a value that was written meanwhile',
    caughtBy: 'customers: reseal leaves what was written meanwhile, and makes nobody',
    wrap: (storage) =>
      withStore(storage, 'customers', {
        reseal: async (scope, reseals, entry) => {
          const ids = reseals.map(({ customerId }) => customerId)
          const known = new Map((await storage.customers.get(scope, ids)).map((each) => [each.id, each]))
          const forced = reseals.map((reseal) => {
            const standing = known.get(reseal.customerId)?.sealed?.[reseal.path]
            return { ...reseal, replaces: standing?.seal ?? reseal.replaces }
          })
          return storage.customers.reseal(scope, forced, entry)
        },
      }),
  },
  {
    name: 'loses a patch to a seal that it found before',
    caughtBy: 'customers: of seals and patches at once no patch is lost',
    wrap: (storage) =>
      withStore(storage, 'customers', {
        reseal: async (scope, reseals, entry) => {
          const patches = reseals.map(({ customerId, path, value }) => ({
            id: customerId,
            sealed: { [path]: value },
          }))
          await Promise.resolve()
          await storage.customers.upsert(scope, patches, entry)
          return reseals.length
        },
      }),
  },
  {
    name: 'takes null for no statement',
    caughtBy: 'customers: a patch of null removes a field, and nothing else',
    wrap: (storage) =>
      withStore(storage, 'customers', {
        upsert: (scope, patches, entry) =>
          storage.customers.upsert(
            scope,
            patches.map((patch) =>
              JSON.parse(JSON.stringify(patch, (_name, value) => (value === null ? undefined : value))),
            ),
            entry,
          ),
      }),
  },
  {
    name: 'keeps the suppression that arrived last',
    caughtBy:
      'consents: the earliest suppression is kept, of two at once by the order of reasons, however they arrive',
    wrap: (storage) =>
      withStore(storage, 'consents', {
        suppress: async (scope, suppressions, entry) => {
          await storage.consents.unsuppress(scope, suppressions, { ...entry, id: `${entry.id} first` })
          await storage.consents.suppress(scope, suppressions, entry)
        },
      }),
  },
  {
    name: 'keeps the suppression that arrived first',
    caughtBy:
      'consents: the earliest suppression is kept, of two at once by the order of reasons, however they arrive',
    wrap: (storage) =>
      withStore(storage, 'consents', {
        suppress: async (scope, suppressions, entry) => {
          const keys = suppressions.map(({ addressKey }) => addressKey)
          const known = await storage.consents.suppressed(scope, keys)
          const isNew = ({ channel, addressKey }: Suppression) =>
            known.every((each) => each.channel !== channel || each.addressKey !== addressKey)
          await storage.consents.suppress(scope, suppressions.filter(isNew), entry)
        },
      }),
  },
  {
    name: 'keeps the evidence of who is erased',
    caughtBy:
      'consents: forget deletes every record of the customers, and leaves others and every suppression',
    wrap: (storage) =>
      withStore(storage, 'consents', {
        forget: (scope, _customerIds, entry) => storage.consents.forget(scope, [], entry),
      }),
  },
  {
    name: 'keeps the tags of who is erased',
    caughtBy: 'audience: forget takes the tags of the customers out of every run, and nothing else',
    wrap: (storage) => withStore(storage, 'audience', { forget: async () => {} }),
  },
  {
    name: 'takes the latest arrival for the latest decision',
    caughtBy: 'consents: a later grant overrides a denial, an earlier one does not',
    wrap: (storage) => {
      let arrivals = 0
      return withStore(storage, 'consents', {
        record: (scope, records, entry) => {
          arrivals += 1
          const arrived = records.map((record) => ({
            ...record,
            obtainedAt: record.obtainedAt + arrivals * 1_000,
          }))
          return storage.consents.record(scope, arrived, entry)
        },
      })
    },
  },
  {
    name: 'takes a question for an answer',
    caughtBy: 'consents: what is pending is kept, and never stands',
    wrap: (storage) =>
      withStore(storage, 'consents', {
        standing: async (scope, customerIds) => {
          const histories = await Promise.all(
            [...new Set(customerIds)].map((id) => storage.consents.history(scope, id)),
          )
          const last = new Map<string, ConsentRecord>()
          for (const record of histories.flat()) {
            const subject = JSON.stringify([record.customerId, record.channel, record.topic])
            const known = last.get(subject)
            last.set(subject, known === undefined ? record : standing(known, record))
          }
          return [...last.values()]
        },
      }),
  },
  {
    name: 'loses a journal entry',
    caughtBy: 'consents.suppress: writes its journal entry',
    wrap: (storage) =>
      withStore(storage, 'consents', {
        suppress: (scope, suppressions, entry) => storage.consents.suppress(scope, suppressions, lost(entry)),
      }),
  },
  {
    name: 'loses the journal entries of campaigns',
    caughtBy: 'campaigns.update: writes its journal entry',
    wrap: (storage) =>
      withStore(storage, 'campaigns', {
        update: (scope, campaign, version, entry, run) =>
          storage.campaigns.update(scope, campaign, version, lost(entry), run),
      }),
  },
  {
    name: 'ignores the version of a segment',
    caughtBy: 'segments: put replaces the expected version, and only that',
    wrap: (storage) =>
      withStore(storage, 'segments', {
        put: async (scope, segment, expectedVersion, entry) => {
          const [stored] = await storage.segments.get(scope, [segment.name])
          await storage.segments.put(scope, segment, stored?.version ?? expectedVersion, entry)
        },
      }),
  },
  {
    name: 'does not look at the segments that a rule leads to',
    caughtBy: 'segments: put refuses a rule whose segments have changed since',
    wrap: (storage) =>
      withStore(storage, 'segments', {
        put: (scope, segment, expectedVersion, entry) =>
          storage.segments.put(scope, segment, expectedVersion, entry),
      }),
  },
  {
    name: 'deletes a segment without a word to those that refer to it',
    caughtBy: 'segments: delete refuses what another segment refers to',
    wrap: (storage) =>
      withStore(storage, 'segments', {
        delete: async (scope, name, expectedVersion, entry) => {
          const deleted = storage.segments.delete(scope, name, expectedVersion, entry)
          await deleted.catch((thrown: unknown) => {
            if (!isCampaignKitError(thrown, 'SEGMENT_IN_USE')) throw thrown
          })
        },
      }),
  },
  {
    name: 'lets a name be taken twice',
    caughtBy: 'campaigns: insert refuses a name that is taken',
    wrap: (storage) =>
      withStore(storage, 'campaigns', {
        insert: async (scope, campaign, entry) => {
          await storage.campaigns.insert(scope, campaign, entry).catch(() => {})
        },
      }),
  },
  {
    name: 'lists an archived campaign among the others',
    caughtBy: 'campaigns: list gives the statuses that it is asked for, and the archived only when asked',
    wrap: (storage) =>
      withStore(storage, 'campaigns', {
        list: (scope, filter, page) => storage.campaigns.list(scope, { ...filter, archived: true }, page),
      }),
  },
  {
    name: 'loses the run of a change',
    caughtBy: 'campaigns: update adds the run that it is given, with the change',
    wrap: (storage) =>
      withStore(storage, 'campaigns', {
        update: (scope, campaign, version, entry) =>
          storage.campaigns.update(scope, campaign, version, entry),
      }),
  },
  {
    name: 'gives an address to everybody who claims it',
    caughtBy: 'audience: an address goes to the customer who claims it first',
    wrap: (storage) => withStore(storage, 'audience', { claimAddresses: async () => [] }),
  },
]
