/** The report page's style sheet: no font, script or image from outside. */
export const style = `
:root { color-scheme: light dark; --line: #c8ccd2; --muted: #5b6470; --good: #1a7f37; --bad: #b42318; --odd: #9a5b00; --mark: #ffe08a; --tint: #f6f7f9; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3c434d; --muted: #9aa4b1; --good: #4ac26b; --bad: #ff7b72; --odd: #e3a23a; --mark: #6b5200; --tint: #1c2026; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 80rem; margin: 0 auto; padding: 1rem 1.5rem; }
header { border-bottom: 4px solid var(--good); }
header.failed { border-color: var(--bad); }
header.error { border-color: var(--odd); }
h1 { margin: 0 0 .5rem; font-size: 1.6rem; }
h2 { margin: 2.5rem 0 .25rem; font-size: 1.3rem; overflow-wrap: anywhere; }
h3 { display: inline; font-size: 1.05rem; }
summary { cursor: pointer; }
.step { margin: .5rem 0; padding: .5rem .9rem; background: var(--tint); border-radius: .4rem; }
.step details { margin: .25rem 0 1rem; color: var(--muted); font-size: .9rem; }
header dl { display: flex; flex-wrap: wrap; gap: .25rem 2rem; margin: 0; }
header dt, td dt { color: var(--muted); }
header dt { font-size: .85rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.badge { display: inline-block; min-width: 4.2rem; padding: 0 .6rem; border: 1px solid; border-radius: 1rem; font-size: .8rem; font-weight: 600; text-align: center; vertical-align: middle; }
.passed.badge { color: var(--good); }
.failed.badge { color: var(--bad); }
.error.badge { color: var(--odd); }
nav table { width: auto; margin: 1rem 0; }
nav td { border: 0; padding: .1rem 1rem .1rem 0; }
nav td:nth-child(n + 3) { color: var(--muted); }
nav td:last-child { text-align: right; }
table { width: 100%; margin: .5rem 0; border-collapse: collapse; font-size: .9rem; }
caption { padding-top: .4rem; text-align: left; font-weight: 600; }
th, td { padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { color: var(--muted); font-weight: 400; border-top: 0; overflow-wrap: normal; }
.right td { overflow-wrap: break-word; }
.right td[data-name="text"], .right td[data-name="item"], .right td[data-name="subject"] { overflow-wrap: anywhere; }
.right td[data-name="update"] { white-space: nowrap; }
.wrong { table-layout: fixed; }
.wrong th:first-child { width: 8rem; color: var(--bad); }
td dl { margin: 0; }
td dl div { display: grid; grid-template-columns: 5rem 1fr; gap: .5rem; }
mark { background: var(--mark); color: inherit; }
.actions { margin: .25rem 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
.actions span { margin-left: .75rem; color: var(--muted); }
.problem { margin: .5rem 0; padding: .4rem .8rem; border-left: 4px solid var(--bad); overflow-wrap: anywhere; white-space: pre-wrap; }
.note { color: var(--muted); }
@media (max-width: 50rem) {
  header, main { padding: 1rem; }
  .step table, .step tbody, .step tr, .step th, .step td { display: block; width: auto; }
  .step thead { display: none; }
  .step tr { padding: .4rem 0; border-top: 1px solid var(--line); }
  .step th, .step td { padding: 0; border: 0; }
  .step td[data-name]::before { content: attr(data-name) " "; color: var(--muted); }
}
`;
