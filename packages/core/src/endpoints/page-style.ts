import { utf8 } from '../base/bytes.js'
import { sha256 } from '../base/digest.js'

/** The one style sheet of all pages: from 320 px up, light and dark, on paper. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ground:#f2f4f7;--card:#fff;--text:#1b2430;--quiet:#55606e;--line:#d5dbe3;--action:#0b57d0;--on-action:#fff;--bad:#b3261e;--wait:#7a4f00}
@media(prefers-color-scheme:dark){:root{--ground:#12161c;--card:#1d232c;--text:#eef1f5;--quiet:#a9b4c2;--line:#39424f;--action:#a8c7fa;--on-action:#062e6f;--bad:#ffb4ab;--wait:#ffd08a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100svh;display:grid;place-items:center;padding:16px;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{width:100%;max-width:26rem;padding:28px 20px;background:var(--card);border:1px solid var(--line);border-radius:16px;text-align:center;overflow-wrap:anywhere}
h1{margin:0 0 12px;font-size:1.5rem;line-height:1.25;text-wrap:balance;hyphens:auto}
p{margin:0 0 16px;text-wrap:pretty}
main>:last-child{margin-bottom:0}
.sender{margin-bottom:20px;padding-bottom:16px;border-bottom:1px solid var(--line);font-weight:600}
.quiet{color:var(--quiet)}
.over{margin-bottom:4px;color:var(--quiet)}
.reward{font-size:2rem;line-height:1.2}
.state{font-weight:600;text-wrap:balance}
h2{margin:28px 0 8px;font-size:1.125rem;line-height:1.3}
.wide{max-width:32rem;text-align:start}
.told{padding:12px 16px;border:2px solid var(--action);border-radius:10px;font-weight:600}
fieldset{margin:0 0 16px;padding:4px 16px 8px;border:1px solid var(--line);border-radius:12px}
legend{padding:0 6px;font-weight:600}
label{display:flex;gap:12px;align-items:center;min-height:44px;cursor:pointer}
input[type=checkbox]{flex:none;width:22px;height:22px;margin:0;accent-color:var(--action)}
.notYetValid .state{color:var(--wait)}
.expired .state,.cancelled .state,.redeemed .state{color:var(--bad)}
button{width:100%;min-height:48px;padding:10px 20px;border:2px solid transparent;border-radius:10px;background:var(--action);color:var(--on-action);font:inherit;font-weight:600;cursor:pointer}
button:hover{opacity:.92}
button.other{background:none;color:var(--text);border-color:var(--quiet)}
button:focus-visible,input:focus-visible{outline:3px solid var(--text);outline-offset:3px}
figure{margin:0 auto 16px;width:100%;max-width:280px;overflow:hidden;background:#fff;forced-color-adjust:none;border:1px solid var(--line);border-radius:12px}
figure svg{display:block;width:100%;height:auto}
.expired figure,.cancelled figure,.redeemed figure{opacity:.3}
dl{margin:0 0 16px}
dt{color:var(--quiet)}
dd{margin:0}
.terms{padding-top:16px;border-top:1px solid var(--line);text-align:start}
.terms dd{white-space:pre-line}
code{font:1rem/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;user-select:all}
code span{display:inline-block}
@media print{:root{color-scheme:light;--ground:#fff;--card:#fff;--text:#000;--quiet:#333;--line:#999;--bad:#000;--wait:#000}button{display:none}body{display:block;min-height:0;padding:0}main{max-width:40rem;margin:0 auto;padding:0;border:0;break-inside:avoid}.terms{font-size:9pt;line-height:1.4}figure{width:280px;border:0}}
`.trim()

/** The source expression of Content Security Policy, level 3, that allows {@link PAGE_STYLE} and no other style. */
export const PAGE_STYLE_SOURCE = `'sha256-${btoa(String.fromCharCode(...sha256(utf8(PAGE_STYLE))))}'`
