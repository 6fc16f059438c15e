import pg from 'pg'
import fs from 'node:fs'
export const S='bench_freezing'
export async function open(){const c=new pg.Client('postgres://postgres@localhost:5999/postgres');await c.connect();const {rows:[{pid}]}=await c.query('select pg_backend_pid() pid');
 const hz=100
 // schedstat gives ns
 c.cpu=()=>Number(fs.readFileSync(`/proc/${pid}/schedstat`,'utf8').split(' ')[0])/1e6
 return c}
export const given=JSON.parse(fs.readFileSync('/work/wt-plan/.scratch/place.json','utf8'))
export const run=given.bindings[1]
export async function placeAll(c,sql=given.sql,label='place'){
 const {rows:sl}=await c.query(`select slice, sum(cardinality(customer_ids))::int n from ${S}.planned_members where run_id=$1 group by slice order by slice`,[run])
 let first=0,total=0;const c0=c.cpu(),t0=performance.now()
 for(let i=0;i<sl.length;i+=7){const g=sl.slice(i,i+7);const n=g.reduce((s,x)=>s+x.n,0)
  const arms='{'+Array.from({length:n},(_, k)=>[1,2,1,2,3][k%5]).join(',')+'}'
  const b=[...given.bindings];b[2]=g[0].slice;b[3]=g.at(-1).slice;b[5]=[arms];b[6]=first;first+=n;total+=n
  await c.query(sql,b)}
 const us=(c.cpu()-c0)*1000/total
 console.log(label.padEnd(40),us.toFixed(1),'us cpu;',((performance.now()-t0)*1000/total).toFixed(1),'us wall',total)
 return us}
