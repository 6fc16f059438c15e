import type { Brand } from './brand.js'

/** The host's own id of a tenant; 1-128 characters. */
export type TenantId = Brand<'TenantId'>
/** The host's own id of a customer; 1-256 characters. */
export type CustomerId = Brand<'CustomerId'>
/** Id of a campaign, made by the kit. */
export type CampaignId = Brand<'CampaignId'>
/** Id of a run, made by the kit. */
export type RunId = Brand<'RunId'>
/** Id of a delivery, made by the kit. */
export type DeliveryId = Brand<'DeliveryId'>
/** Id of an attempt, made by the kit. */
export type AttemptId = Brand<'AttemptId'>
/** Id of a redemption, made by the kit. */
export type RedemptionId = Brand<'RedemptionId'>
/** HMAC of a normalised address under a secret: `keyId:hex`. Carries no personal data. */
export type AddressKey = Brand<'AddressKey'>
/** Names one worker process in leases. */
export type WorkerId = Brand<'WorkerId'>
