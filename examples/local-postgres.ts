export { type LocalPostgres, startLocalPostgres } from '@campaignkit/local-postgres'
