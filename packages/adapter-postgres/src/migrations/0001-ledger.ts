/**
 * The tables of the reservation ledger. Accounts carry what is held and settled in all, so that nothing is summed up but
 * what counts within a window; their rows are the locks.
 */
export function ledgerTables(schema: string): readonly string[] {
  const accounts = `"${schema}".ledger_accounts`
  const entries = `"${schema}".ledger_entries`
  const key = 'text collate "C" not null'
  return [
    `create table ${accounts} (
  tenant ${key},
  account ${key},
  limit_amount float8,
  window_ms float8,
  held float8 not null default 0,
  settled float8 not null default 0,
  crossed_90_at float8,
  crossed_100_at float8,
  primary key (tenant, account)
) with (fillfactor = 50)`,
    `create table ${entries} (
  tenant ${key},
  id ${key},
  account ${key},
  state text not null,
  amount float8 not null,
  at float8 not null,
  expires_at float8,
  primary key (tenant, id, account)
) with (fillfactor = 80)`,
    `create index ledger_held on ${entries} (tenant, account, expires_at) where state = 'held'`,
    `create index ledger_over on ${entries} (tenant, expires_at) where state = 'held'`,
    `create index ledger_settled on ${entries} (tenant, account, at) where state = 'settled'`,
    `create index ledger_old on ${entries} (tenant, at) where state = 'settled'`,
  ]
}
