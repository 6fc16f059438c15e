import {open,placeAll,S,run,given} from './exp.mjs'
const c=await open()
await c.query(`truncate ${S}.planned2`)
await c.query(`insert into ${S}.planned2 select 'pizzeria', run_id, slice, page, array(select row(u.customer_id,u.rank_key,u.due_at,u.kept,u.lane,u.exclusion,u.channels::text[],u.tags::text[],u.segments::text[],null)::${S}.pm from unnest(d.customer_ids, d.rank_keys, d.due_ats, d.arms, d.lanes, d.exclusions,d.channels, d.tags, d.segments) as u(customer_id, rank_key, due_at, kept, lane, exclusion, channels, tags, segments)) from ${S}.planned_members d`)
await c.query(`vacuum analyze ${S}.planned2`)
const comp=given.sql.replaceAll('planned_members','planned2').replace(/unnest\(d\.customer_ids[\s\S]*?\)\s+as u\([^)]*\)/,'unnest(d.members) as u(customer_id, rank_key, due_at, kept, lane, exclusion, channels, tags, segments, keys)').replace('r.channels::text[] as channels, r.tags::text[] as tags,\n        r.segments::text[] as segments','r.channels, r.tags, r.segments')
if(!comp.includes('unnest(d.members)')) throw 1
const nosort=comp.replace('order by m.customer_id\n','\n').replace("order by m.rank\n","\n")
const variants={base:[given.sql,''],composite:[comp,''],nogen:[comp,`alter table ${S}.deliveries alter waits_for drop expression, alter is_leased drop expression`],
 thin:[comp,`drop index ${S}.deliveries_waiting; create index deliveries_waiting on ${S}.deliveries (run_id, channel, waits_for, due_at, rank) where waits_for is not null`],
 noidx:[comp,`drop index ${S}.deliveries_waiting; drop index ${S}.members_of_customer`],
 nocheck:[comp,`alter table ${S}.deliveries drop constraint deliveries_check`],
 noseven:[comp,['deliveries_waiting','deliveries_place','deliveries_placement','deliveries_leased','deliveries_of_campaign','deliveries_of_provider','deliveries_inbox','members_of_customer'].map(i=>`drop index ${S}.${i}`).join(';')],
 nosort:[nosort,'']}
const only=process.argv.slice(2)
const best={}
for(let r=0;r<3;r++)for(const [name,[sql,ddl]] of Object.entries(variants)){ if(only.length&&!only.includes(name))continue; await c.query('truncate '+S+'.members, '+S+'.deliveries, '+S+'.delivery_counts')
 await c.query('begin');await c.query(`select set_config('work_mem','64MB',true), set_config('campaignkit.counted','yes',true)`)
 if(ddl)await c.query(ddl)
 const us=await placeAll(c,sql,name);best[name]=Math.min(best[name]??1e9,us)
 if(name==='composite'){
  await c.query(`create schema b`)
  for(const [t,k] of [['members','tenant, run_id, customer_id'],['deliveries','tenant, id']]) await c.query(`create table b.${t} (like ${S}.${t}, primary key (${k}))`)
  let c0=c.cpu();const n=200000
  await c.query(`insert into b.members select * from ${S}.members`);const m=(c.cpu()-c0)*1000/n;c0=c.cpu()
  await c.query(`insert into b.deliveries select * from ${S}.deliveries`);const d=(c.cpu()-c0)*1000/n
  best.bareM=Math.min(best.bareM??1e9,m);best.bareD=Math.min(best.bareD??1e9,d)
 }
 await c.query('rollback')}
console.log(best)
await c.end()
