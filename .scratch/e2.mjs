import {open,S,run} from './exp.mjs'
const c=await open()
await c.query(`drop type if exists ${S}.pm cascade; drop table if exists ${S}.planned2`)
await c.query(`create type ${S}.pm as (customer_id text collate "C", rank_key text collate "C", due_at float8, arm text collate "C", lane text collate "C", exclusion text collate "C", channels text[], tags text[], segments text[], address_keys text[])`)
await c.query(`create table ${S}.planned2 (tenant text collate "C" not null, run_id text collate "C" not null, slice int not null, page bigint not null, members ${S}.pm[] not null, primary key (tenant, run_id, slice, page))`)
await c.query(`alter table ${S}.planned2 alter members set storage external`)
const N=20000
const T='pizzeria'
const measure=async(label,fn,n=N)=>{const c0=c.cpu(),t=performance.now();const r=await fn();console.log(label.padEnd(44),((c.cpu()-c0)*1000/n).toFixed(2),'cpu',((performance.now()-t)*1000/n).toFixed(2),'wall');return r}
for(let k=0;k<3;k++){
 await c.query('begin')
 await c.query(`set local work_mem='64MB'`)
 const w0=process.cpuUsage()
 const r=await measure('contacts json_agg',()=>c.query(`select json_agg(c.id order by c.id) ids, json_agg(c.email order by c.id) emails from (select * from ${S}.customers c where tenant=$1 and id>$2 and tags && '{pizza-lover}' order by id limit ${N}) c`,[T,'c-00004']))
 await c.query({text:`select id, email from ${S}.customers c where tenant=$1 and id>$2 and tags && '{pizza-lover}' order by id limit ${N}`,rowMode:'array',values:[T,'c-00004']})
 const {ids,emails}=r.rows[0]
 const w=process.cpuUsage(w0);console.log('js',((w.user+w.system)/N).toFixed(2))
 const keys=ids.map((x)=>'2026a:'+Buffer.from(x.padEnd(32,'x')).toString('hex'))
 await measure('range scan only',()=>c.query(`select count(*) from ${S}.customers c where tenant=$1 and id>$2 and id<=$3`,[T,'c-00004',ids.at(-1)]))
 const base=`from unnest($2::text[],$3::text[]) as g(id,key) join ${S}.customers c on c.tenant=$1 and c.id=g.id and c.id > $4 and c.id <= $5`
 const args=[T,ids,keys,'c-00004',ids.at(-1)]
 await measure('join',()=>c.query(`select count(*), max(c.tags) ${base}`,args))
 const hash=`sha256('\\x0000000870697a7a65726961000000203564343134303261626334623261373662393731396439313130313763353932'::bytea || int4send(octet_length(c.id)) || convert_to(normalize(c.id),'UTF8'))`
 await measure('join+hash',()=>c.query(`select count(*), max(encode(${hash},'hex')) ${base}`,args))
 const hash2=`sha256('\\x0000000870697a7a65726961000000203564343134303261626334623261373662393731396439313130313763353932'::bytea || int4send(octet_length(c.id)) || convert_to(c.id,'UTF8'))`
 await measure('join+hash no normalize',()=>c.query(`select count(*), max(encode(${hash2},'hex')) ${base}`,args))
 const lateral=`left join lateral (select k.decision from ${S}.consents k where k.tenant=$1 and k.customer_id=c.id and k.channel='email' and k.topic in ('offers','*') and k.decision<>'pending' order by k.obtained_at desc, k.decision limit 1) as email on true`
 await measure('join+consent lateral',()=>c.query(`select count(*), max(email.decision) ${base.replace('from','from')} `.replace('from unnest','from unnest')+'',args).catch(()=>0)&&c.query(`select count(*), max(email.decision) ${base} `.replace(/$/,'').replace('join '+S,'join '+S)+'',args).catch(e=>null)).catch(()=>{})
 await c.query('rollback')
 await c.query('begin'); await c.query(`set local work_mem='64MB'`)
 await measure('join+consent lateral',()=>c.query(`select count(*), max(email.decision) ${base} ${lateral}`,args))
 const dist=`left join (select distinct on (k.customer_id) k.customer_id, k.decision from ${S}.consents k where k.tenant=$1 and k.customer_id > $4 and k.customer_id <= $5 and k.channel='email' and k.topic in ('offers','*') and k.decision<>'pending' order by k.customer_id, k.obtained_at desc, k.decision) as email on email.customer_id=g.id`
 await measure('join+consent distinct',()=>c.query(`select count(*), max(email.decision) ${base} ${dist}`,args))
 const agg=`left join (select k.customer_id, max(array[k.obtained_at, case when k.decision='denied' then 1 else 0 end]) as last from ${S}.consents k where k.tenant=$1 and k.customer_id > $4 and k.customer_id <= $5 and k.channel='email' and k.topic in ('offers','*') and k.decision<>'pending' group by k.customer_id) as email on email.customer_id=g.id`
 await measure('join+consent agg',()=>c.query(`select count(*), max(email.last) ${base} ${agg}`,args))
 const full=(cons)=>`insert into ${S}.planned2 select $1, 'r', p.slice, 1, array_agg(p.m) from (
   select get_byte(h.hash,0)>>3 as slice, row(g.id, encode(h.hash,'hex'), 17e11::float8, null, case when email.decision='granted' then '' end, case when email.decision='granted' then null when email.decision='denied' then 'consentDenied' else 'noConsent' end,
     case when email.decision='granted' then '{email}'::text[] else '{}' end, c.tags, '{}'::text[], case when email.decision='granted' then array[g.key] end)::${S}.pm as m
   ${base} ${cons} cross join lateral (select ${hash} as hash offset 0) as h) p group by p.slice`
 await measure('full select',()=>c.query(full(dist).replace(/^insert.*?select/,'select'),args))
 await measure('full insert distinct',()=>c.query(full(dist),args)); await c.query('delete from '+S+'.planned2')
 await measure('full insert lateral',()=>c.query(full(lateral),args))
 await measure('sizes',()=>c.query(`select p.slice, m.lane, count(m.exclusion), count(m.arm), count(m.lane) from ${S}.planned2 p cross join lateral unnest(p.members) as m group by 1,2`))
 await measure('hash claims',()=>c.query(`select k.channel, hashtext(k.key) as n from ${S}.planned2 p cross join lateral unnest(p.members) as m cross join lateral unnest(m.channels, m.address_keys) as k(channel,key) group by 1,2 having count(*)>1`))
 await measure('hash claims 1',()=>c.query(`select hashtext(m.address_keys[1]) as n from ${S}.planned2 p cross join lateral unnest(p.members) as m group by 1 having count(*)>1`))
 await c.query('rollback');console.log()
}
await c.end()
