import type { CampaignId, CustomerId } from '../base/ids.js'
import { launchCampaign, launchCampaignNow, scheduleCampaign } from '../engine/activate-campaign.js'
import { askConsent } from '../engine/ask-consent.js'
import { campaignReport, renderReport } from '../engine/campaign-report.js'
import type { EngineContext } from '../engine/context.js'
import {
  archiveCampaign,
  cancelCampaign,
  deleteCampaign,
  pauseCampaign,
  resumeCampaign,
  stopCampaign,
  unscheduleCampaign,
} from '../engine/control-campaign.js'
import { cloneCampaign, createCampaign, editCampaign } from '../engine/draft-campaign.js'
import { enlisted } from '../engine/enlisted.js'
import { eraseCustomers } from '../engine/erase-customers.js'
import { explainCustomer } from '../engine/explain-customer.js'
import { explainDelivery } from '../engine/explain-delivery.js'
import { explainPost } from '../engine/explain-post.js'
import type { Track } from '../engine/gather-events.js'
import { importCustomers } from '../engine/import-customers.js'
import { ingestReceipts } from '../engine/ingest-receipts.js'
import { listDeliveries } from '../engine/list-deliveries.js'
import { listInbox } from '../engine/list-inbox.js'
import { getCustomer, listCustomers, upsertCustomers } from '../engine/manage-customers.js'
import { deleteSegment, getSegment, listSegments, saveSegment } from '../engine/manage-segments.js'
import { markInbox } from '../engine/mark-inbox.js'
import { preferencesLinkOf } from '../engine/preferences-link.js'
import { preflight } from '../engine/preflight.js'
import { previewMessage } from '../engine/preview-message.js'
import { progressOf } from '../engine/progress.js'
import { reach } from '../engine/reach.js'
import { getCampaign, listCampaigns, listJournal, runsOfCampaign } from '../engine/read-campaigns.js'
import { lastReceivedAt, receiveMessage } from '../engine/receive-message.js'
import { reclassifyEvents } from '../engine/reclassify-events.js'
import { reconcileCampaign } from '../engine/reconcile-campaign.js'
import {
  consentHistory,
  recordConsents,
  suppressAddresses,
  unsuppressAddresses,
} from '../engine/record-consents.js'
import { redeemCoupon, reverseRedemption } from '../engine/redeem-coupon.js'
import { reseal } from '../engine/reseal.js'
import { rollOut } from '../engine/roll-out.js'
import { sendTest } from '../engine/send-test.js'
import { settleHeld } from '../engine/settle-held.js'
import { makeTillKey } from '../engine/till-keys.js'
import { trackEvents } from '../engine/track-events.js'
import { watchCampaign } from '../engine/watch-campaign.js'
import type { Scope } from '../model/scope.js'
import type { EnlistedKit, TenantKit } from './kit.js'

const campaignId = (id: string) => id as CampaignId
const customerId = (id: string) => id as CustomerId

/**
 * Binds the use cases to one scope.
 *
 * @param track - one for all kits of a process, so that their events go together
 */
export function createTenantKit(context: EngineContext, scope: Scope, track: Track): TenantKit {
  return Object.freeze<TenantKit>({
    customers: {
      importCsv: (source, options, call) => importCustomers(context, scope, source, options, call),
      upsert: (customers) => upsertCustomers(context, scope, customers),
      get: (id, reading) => getCustomer(context, scope, customerId(id), reading),
      list: (page, reading) => listCustomers(context, scope, page, reading),
      explain: (id, criteria) => explainCustomer(context, scope, customerId(id), criteria),
      erase: (ids, reason) => eraseCustomers(context, scope, ids as readonly CustomerId[], reason),
    },
    consents: {
      record: (consents) => recordConsents(context, scope, consents),
      history: (id) => consentHistory(context, scope, customerId(id)),
      suppress: (addresses) => suppressAddresses(context, scope, addresses),
      unsuppress: (addresses, reason) => unsuppressAddresses(context, scope, addresses, reason),
      ask: (question) => askConsent(context, scope, question),
      preferencesUrl: async (id) => preferencesLinkOf(context, scope, customerId(id)),
    },
    segments: {
      save: (segment, expectedVersion = null) => saveSegment(context, scope, segment, expectedVersion),
      get: (name) => getSegment(context, scope, name),
      list: (page) => listSegments(context, scope, page),
      delete: (name, expectedVersion) => deleteSegment(context, scope, name, expectedVersion),
    },
    audiences: { reach: (criteria, options, call) => reach(context, scope, criteria, options, call) },
    campaigns: campaignsOf(context, scope),
    coupons: {
      redeem: (scanned, options) => redeemCoupon(context, scope, scanned, options),
      reverse: (options) => reverseRedemption(context, scope, options),
      tillKey: async (till) => makeTillKey(context, scope, till),
    },
    events: {
      track: (events) => track(scope, Array.isArray(events) ? events : [events]),
      ingest: (receipts) => ingestReceipts(context, scope, receipts),
      reclassify: (id, call) => reclassifyEvents(context, scope, campaignId(id), call),
    },
    messages: {
      receive: (message, options) => receiveMessage(context, scope, message, options),
      lastReceivedAt: (channel, address) => lastReceivedAt(context, scope, channel, address),
    },
    inbox: {
      list: (id, options) => listInbox(context, scope, customerId(id), options),
      seen: (id, deliveryIds) => markInbox(context, scope, customerId(id), deliveryIds, 'displayed'),
      dismiss: (id, deliveryIds) => markInbox(context, scope, customerId(id), deliveryIds, 'dismissed'),
    },
    reports: {
      campaign: (id) => campaignReport(context, scope, campaignId(id)),
      render: (report, format) => renderReport(context, scope, report, format),
    },
    journal: { list: (filter, page) => listJournal(context, scope, filter, page) },
    maintenance: { reseal: (page) => reseal(context, scope, page) },
    enlist: (transaction) => createEnlistedKit(context, scope, transaction),
  })
}

function campaignsOf(context: EngineContext, scope: Scope): TenantKit['campaigns'] {
  return {
    create: (campaign) => createCampaign(context, scope, campaign),
    edit: (id, patch, expectedVersion) =>
      editCampaign(context, scope, campaignId(id), patch, expectedVersion),
    get: (id) => getCampaign(context, scope, campaignId(id)),
    list: (filter, page) => listCampaigns(context, scope, filter, page),
    runs: (id) => runsOfCampaign(context, scope, campaignId(id)),
    preview: (id, options) => previewMessage(context, scope, campaignId(id), options),
    sendTest: (id, options) => sendTest(context, scope, campaignId(id), options),
    preflight: (id, call) => preflight(context, scope, campaignId(id), call),
    launch: (id) => launchCampaign(context, scope, campaignId(id)),
    launchNow: (id) => launchCampaignNow(context, scope, campaignId(id)),
    schedule: (id) => scheduleCampaign(context, scope, campaignId(id)),
    unschedule: (id) => unscheduleCampaign(context, scope, campaignId(id)),
    pause: (id, reason) => pauseCampaign(context, scope, campaignId(id), reason),
    resume: (id) => resumeCampaign(context, scope, campaignId(id)),
    rollOut: (id, options) => rollOut(context, scope, campaignId(id), options),
    stop: (id, reason) => stopCampaign(context, scope, campaignId(id), reason),
    cancel: (id, justification) => cancelCampaign(context, scope, campaignId(id), justification),
    clone: (id, name) => cloneCampaign(context, scope, campaignId(id), name),
    archive: (id) => archiveCampaign(context, scope, campaignId(id)),
    delete: (id, expectedVersion) => deleteCampaign(context, scope, campaignId(id), expectedVersion),
    progress: (id) => progressOf(context, scope, campaignId(id)),
    watch: (id, call) => watchCampaign(context, scope, campaignId(id), call),
    explain: (id, customer) => explainDelivery(context, scope, campaignId(id), customerId(customer)),
    explainPost: (id, placement) => explainPost(context, scope, campaignId(id), placement),
    settleHeld: (id, deliveryIds, options) =>
      settleHeld(context, scope, campaignId(id), deliveryIds, options),
    reconcile: (id, records) => reconcileCampaign(context, scope, campaignId(id), records),
    deliveries: (id, filter, page) => listDeliveries(context, scope, campaignId(id), filter, page),
  }
}

/** Binds the use cases that may be part of a host's transaction. */
function createEnlistedKit(context: EngineContext, scope: Scope, transaction: unknown): EnlistedKit {
  const { context: joined, settled } = enlisted(context, transaction)
  const { customers, consents, segments, campaigns, events, journal } = createTenantKit(
    joined,
    scope,
    (by, inputs) => trackEvents(joined, by, inputs),
  )
  const { upsert, get, list, erase } = customers
  const { record, history, suppress, unsuppress } = consents
  return Object.freeze<EnlistedKit>({
    customers: { upsert, get, list, erase },
    consents: { record, history, suppress, unsuppress },
    segments,
    campaigns: {
      create: campaigns.create,
      edit: campaigns.edit,
      clone: campaigns.clone,
      get: campaigns.get,
      list: campaigns.list,
      runs: campaigns.runs,
      launch: campaigns.launch,
      launchNow: campaigns.launchNow,
      schedule: campaigns.schedule,
      unschedule: campaigns.unschedule,
      pause: campaigns.pause,
      resume: campaigns.resume,
      stop: campaigns.stop,
      cancel: campaigns.cancel,
      archive: campaigns.archive,
      delete: campaigns.delete,
    },
    events: { track: events.track },
    journal,
    settled,
  })
}
