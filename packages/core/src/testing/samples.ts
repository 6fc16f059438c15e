export * from './samples/campaigns.js'
export * from './samples/coupons.js'
export * from './samples/ledger.js'
export * from './samples/people.js'
