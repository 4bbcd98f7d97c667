/** The results page's style; outcomes are told by their words, colours only help to find them. */
export const style = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 90rem; padding: 1rem 1.5rem; color: #1c1c1c; }
h1 { margin: 0; } h2 { margin: 1.6rem 0 .5rem; font-size: 1.2rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 1rem; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; overflow-wrap: anywhere; }
th, td { border-bottom: 1px solid #d5d5d5; padding: .25rem .6rem; text-align: left; vertical-align: top; }
.wide { overflow-wrap: anywhere; min-width: 12rem; }
thead th, .narrow { white-space: nowrap; } thead th { background: #f2f2f2; border-bottom-color: #999; }
tbody th { font-weight: 500; }
td ul { margin: 0; padding-left: 1rem; }
small { color: #555; font-weight: 400; }
.outcome { font-weight: 600; white-space: nowrap; }
.PASSED { color: #13661b; } .INFO { color: #0b5394; } .FAILED, .NEEDS_INSPECTION { color: #a61111; }
.ABORTED, .CRASHED { color: #fff; background: #a61111; } .awaited, .queued, .running { color: #7a5b00; }
.bad { color: #a61111; }
`;
