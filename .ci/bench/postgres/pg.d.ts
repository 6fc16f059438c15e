declare module 'pg' {
  interface Client {
    query<Row>(text: string, values?: readonly unknown[]): Promise<{ readonly rows: Row[] }>
    release(): void
  }
  class Pool {
    constructor(options: { readonly connectionString: string; readonly max: number })
    query<Row>(text: string, values?: readonly unknown[]): Promise<{ readonly rows: Row[] }>
    connect(): Promise<Client>
    end(): Promise<void>
  }
  const pg: { readonly Pool: typeof Pool }
  export default pg
  export type { Client as PoolClient }
}
