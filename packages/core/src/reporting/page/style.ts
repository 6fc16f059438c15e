import { trusted } from './markup.js'

/** The one style sheet: light and dark by the reader's setting, phone to paper. */
export const STYLE = trusted(`
:root{color-scheme:light dark;--paper:#f6f5f1;--card:#fff;--ink:#1d2430;--soft:#5b6472;--line:#e3e1da;--main:#2f6fb3;--good:#16805a;--muted:#a9afb8;--warn:#9a6408;--track:#eeece6;--good-soft:#e5f4ed;--warn-soft:#fbf1dd;--main-soft:#e7f0f9}
@media (prefers-color-scheme:dark){:root{--paper:#12151b;--card:#1b2029;--ink:#e9ecf1;--soft:#a3adbb;--line:#2c333f;--main:#6aa9ea;--good:#4fc795;--muted:#667080;--warn:#e5b155;--track:#262c37;--good-soft:#173229;--warn-soft:#362b16;--main-soft:#1a2b3f}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:66rem;margin:0 auto;padding:2rem 1rem 3rem}
h1,h2,p,dl,dd,figure{margin:0}
h1{font-size:clamp(1.6rem,5vw,2.3rem);line-height:1.15;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin-bottom:.75rem}
small{display:block;color:var(--soft);font-size:.78rem;font-weight:400;line-height:1.35}
header{margin-bottom:1.25rem}
.kind{color:var(--soft);font-size:.85rem;margin-bottom:.35rem}
.status{text-transform:capitalize;color:var(--ink);font-weight:600}
.dates{color:var(--soft);font-size:.9rem;margin-top:.4rem}
.verdict{border:1px solid var(--line);border-left:.35rem solid var(--main);background:var(--main-soft);border-radius:.6rem;padding:1rem 1.15rem;margin-bottom:1rem}
.verdict.winner{border-left-color:var(--good);background:var(--good-soft)}
.verdict.keep-collecting{border-left-color:var(--warn);background:var(--warn-soft)}
.outcome{font-size:.8rem;font-weight:700;text-transform:uppercase;letter-spacing:.06em;color:var(--main)}
.winner .outcome{color:var(--good)}
.keep-collecting .outcome{color:var(--warn)}
.sentence{font-size:1.1rem;overflow-wrap:anywhere;margin-top:.2rem}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:.6rem;margin-bottom:1rem}
.tiles>div,section{background:var(--card);border:1px solid var(--line);border-radius:.6rem}
.tiles>div{padding:.75rem .9rem}
.tiles dt{color:var(--soft);font-size:.82rem}
.tiles strong{font-size:1.45rem;line-height:1.3;font-weight:650;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
section{padding:1.1rem 1.15rem;margin-bottom:1rem}
.scroll{overflow-x:auto;background:linear-gradient(to left,var(--card) 40%,transparent) 100% 0/3rem 100% no-repeat local,linear-gradient(to left,var(--muted),transparent) 100% 0/.6rem 100% no-repeat scroll}
.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--main);outline-offset:2px}
.scroll+.scroll{margin-top:1.4rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;color:var(--soft);font-size:.85rem;padding-bottom:.35rem}
th,td{padding:.42rem .55rem;border-top:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
th:first-child{padding-left:0}
td:last-child,th:last-child{padding-right:0}
thead th,thead td{border-top:0}
thead th{color:var(--soft);font-size:.78rem;vertical-align:bottom}
thead .figure{white-space:normal}
tbody th{position:sticky;left:0;z-index:1;background:var(--card);overflow-wrap:anywhere;min-width:7.5rem;font-weight:500}
.figure{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.none{color:var(--muted)}
.badge{background:var(--good);color:var(--card);border-radius:1rem;padding:.05rem .5rem;font-size:.72rem;font-weight:700}
.bar,.interval{display:block;position:relative;min-width:6rem;height:.8rem;margin-top:.35rem;border-radius:.2rem;background:var(--track)}
td:has(>.bar),td:has(>.interval){width:45%}
.bar i{display:block;height:100%;min-width:1px;border-radius:.2rem}
i.main,u.main{background:var(--main)}
i.good,u.good{background:var(--good)}
i.muted,u.muted{background:var(--muted)}
.interval i{position:absolute;top:.275rem;height:.25rem;min-width:2px;border-radius:.2rem;opacity:.75}
.interval u{position:absolute;top:.05rem;width:.7rem;height:.7rem;margin-left:-.35rem;border-radius:50%;border:2px solid var(--card)}
.interval b{position:absolute;top:-.2rem;bottom:-.2rem;width:1px;background:var(--soft)}
.note,footer{color:var(--soft);font-size:.85rem}
.scroll+.note{margin-top:.75rem}
figcaption{color:var(--soft);font-size:.85rem;margin-bottom:.5rem}
.columns{display:flex;align-items:flex-end;gap:2px;height:9rem;border-bottom:1px solid var(--soft)}
.columns i{flex:1 1 0;background:var(--good);border-radius:.15rem .15rem 0 0;min-height:1px}
.axis{display:flex;justify-content:space-between;color:var(--soft);font-size:.8rem;margin-top:.3rem}
details{margin-top:.75rem}
summary{cursor:pointer;font-size:.9rem}
footer{padding:0 1.15rem}
footer h2{font-size:.95rem;margin-top:1.5rem}
.definitions{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.25rem 1rem;margin-bottom:.75rem}
.definitions dt{font-weight:600}
@media (max-width:44rem){.tiles{grid-template-columns:repeat(2,1fr)}}
@media screen and (max-width:44rem){
.cards thead,.bars thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.cards,.cards tbody,.cards caption,.cards th,.cards td,.bars,.bars tbody,.bars caption,.bars th,.bars td{display:block}
.cards tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));gap:.5rem .9rem;padding:.7rem .8rem;border:1px solid var(--line);border-radius:.5rem}
.cards tr+tr{margin-top:.6rem}
.cards th,.cards td,.bars th,.bars td{padding:0;border:0;text-align:left;white-space:normal;min-width:0}
.cards tbody th,.cards td:has(>.interval){grid-column:1/-1;width:auto}
.cards tbody th{font-weight:650;font-size:1rem}
.cards td::before{content:attr(data-heading);display:block;color:var(--soft);font-size:.78rem}
.cards td:empty{display:none}
.bars tr{display:grid;grid-template-columns:1fr auto 4rem;gap:.1rem .6rem;padding:.45rem 0;border-top:1px solid var(--line)}
.bars td:has(>.bar){grid-area:2/1/auto/-1;width:auto}
.bars .figure{text-align:right}
}
@media (max-width:36rem){.tiles strong{font-size:1.25rem}main{padding:1.25rem .7rem 2rem}section{padding:.95rem .8rem}.definitions{display:block}.definitions dd{margin-bottom:.4rem}th,td{padding:.42rem .35rem}tbody th{min-width:6rem}caption{max-width:calc(100vw - 3.2rem)}}
@media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#111;--soft:#444;--line:#ccc;--main:#2f6fb3;--good:#16805a;--muted:#999;--warn:#8a5a06;--track:#eee;--good-soft:#f2faf6;--warn-soft:#fdf8ec;--main-soft:#f3f8fd}body{font-size:11px;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}section,.tiles>div,.verdict{break-inside:avoid}.scroll{overflow:visible;background:none}tbody th{position:static;background:none;min-width:0}table{font-size:.82rem}th,td{padding:.3rem .3rem}}
`)
