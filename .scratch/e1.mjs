import {open,placeAll,S,given} from './exp.mjs'
const c=await open()
for(let round=0;round<2;round++){
await c.query('begin');await c.query(`select set_config('work_mem','64MB',true), set_config('campaignkit.counted','yes',true)`)
await placeAll(c)
// bare
await c.query(`create schema b`)
for(const [t,k] of [['members','tenant, run_id, customer_id'],['deliveries','tenant, id']]) await c.query(`create table b.${t} (like ${S}.${t}, primary key (${k}))`)
let c0=c.cpu();const {rows:[{n}]}=await c.query(`select count(*)::int n from ${S}.members`)
c0=c.cpu();await c.query(`insert into b.members select * from ${S}.members`);const m=c.cpu()-c0;c0=c.cpu()
await c.query(`insert into b.deliveries select * from ${S}.deliveries`);const d=c.cpu()-c0
console.log('bare members',(m*1000/n).toFixed(1),'deliveries',(d*1000/n).toFixed(1))
c0=c.cpu();await c.query(`analyze ${S}.members`);await c.query(`analyze ${S}.deliveries`);console.log('analyze',((c.cpu()-c0)*1000/n).toFixed(1))
await c.query('rollback')
await c.query('begin');await c.query(`select set_config('work_mem','64MB',true), set_config('campaignkit.counted','yes',true)`)
await c.query(`drop index ${S}.deliveries_waiting; drop index ${S}.members_of_customer`)
await placeAll(c,given.sql,'without two indexes')
await c.query('rollback')
await c.query('begin');await c.query(`select set_config('work_mem','64MB',true), set_config('campaignkit.counted','yes',true)`)
await c.query(`drop index ${S}.deliveries_waiting`)
await placeAll(c,given.sql,'without waiting')
await c.query('rollback')
await c.query('begin');await c.query(`select set_config('work_mem','64MB',true), set_config('campaignkit.counted','yes',true)`)
await c.query(`alter table ${S}.deliveries alter waits_for drop expression, alter is_leased drop expression`)
await c.query(`drop index ${S}.deliveries_waiting; drop index ${S}.members_of_customer`)
await placeAll(c,given.sql,'without generated')
await c.query('rollback')
}
await c.end()
