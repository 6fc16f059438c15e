import {open} from './exp.mjs'
const c=await open();const r=await c.query("select pid, state, wait_event_type, wait_event, now()-query_start as age, left(regexp_replace(query,'\\s+',' ','g'),150) q from pg_stat_activity where datname='postgres' and pid<>pg_backend_pid()");console.log(r.rows);await c.end()
