/** The report page's style sheet: no font, script or image from outside. */
export const style = `
:root { color-scheme: light dark; --line: #c8ccd2; --muted: #5b6470; --good: #1a7f37; --bad: #b42318; --odd: #9a5b00; --mark: #ffe08a; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3c434d; --muted: #9aa4b1; --good: #4ac26b; --bad: #ff7b72; --odd: #e3a23a; --mark: #6b5200; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 72rem; margin: 0 auto; padding: 1rem 1.5rem; }
header { border-bottom: 4px solid var(--good); }
header.failed { border-color: var(--bad); }
header.error { border-color: var(--odd); }
h1 { margin: 0 0 .5rem; font-size: 1.6rem; }
h2 { margin: 2.5rem 0 .25rem; font-size: 1.3rem; }
h3 { display: inline; font-size: 1.05rem; }
summary { margin: .75rem 0 .25rem; cursor: pointer; }
.inline { display: flex; flex-wrap: wrap; gap: 0 1rem; }
header dl { display: flex; flex-wrap: wrap; gap: .25rem 2rem; margin: 0; }
header dt, td dt { color: var(--muted); }
header dt { font-size: .85rem; }
dd { margin: 0; overflow-wrap: anywhere; }
nav ul { list-style: none; padding: 0; margin: 1rem 0; }
.badge { display: inline-block; min-width: 4.2rem; padding: 0 .6rem; border: 1px solid; border-radius: 1rem; font-size: .8rem; font-weight: 600; text-align: center; vertical-align: middle; }
.passed.badge { color: var(--good); }
.failed.badge { color: var(--bad); }
.error.badge { color: var(--odd); }
table { width: 100%; margin: .75rem 0; border-collapse: collapse; table-layout: fixed; font-size: .9rem; }
caption { text-align: left; font-weight: 600; }
th, td { padding: .4rem .6rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
th:first-child { width: 8rem; }
thead th { color: var(--muted); font-weight: 400; border-top: 0; }
td dl { margin: 0; }
td dl div { display: grid; grid-template-columns: 5rem 1fr; gap: .5rem; }
tr.match th { color: var(--good); }
tr.different th, tr.missing th, tr.extra th, tr.duplicate th { color: var(--bad); }
mark { background: var(--mark); color: inherit; }
.actions { margin: .25rem 0; padding-left: 1.2rem; }
.problem { padding: .4rem .8rem; border-left: 4px solid var(--bad); overflow-wrap: anywhere; white-space: pre-wrap; }
.note { color: var(--muted); }
`;
