"""How the page of a report looks: on a screen by day and by night, and on paper."""

STYLE = """\
:root { --ink: #1c2024; --dim: #5c6670; --paper: #ffffff; --rule: #d9dee3; --band: #fdecea; --line: #0b5cad;
  --limit: #b42318; --critical: #b42318; --warning: #9a6700; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --dim: #9aa5b0; --paper: #14181c; --rule: #323a42; --band: #3a1d1a; --line: #6cb2f7;
    --limit: #ff8b7e; --critical: #ff8b7e; --warning: #e3b341; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: .25rem 0 1rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
.badge { display: inline-block; margin: 0; padding: 0 .6rem; border: 1px solid; border-radius: 1rem;
  font-size: .85rem; }
.critical { color: var(--critical); } .warning { color: var(--warning); }
.summary { font-size: 1.05rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 1rem 0; }
dt, small, footer, .legend { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--rule);
  overflow-wrap: break-word; }
th { color: var(--dim); font-weight: 600; white-space: nowrap; }
time { white-space: nowrap; color: var(--dim); }
.timeline td:first-child { width: 12rem; }
.onset td:last-child, .opened td:last-child, .recovered td:last-child { font-weight: 600; }
ul { padding-left: 1.2rem; } .follow-ups { list-style: none; padding: 0; }
a { color: var(--line); }
figure { margin: 1rem 0; } figcaption { font-weight: 600; }
.chart { display: block; width: 100%; height: auto; }
.chart text { font: 11px system-ui, sans-serif; fill: var(--dim); }
.chart .limit-value { fill: var(--limit); } .chart .sign { fill: var(--ink); }
.broken { fill: var(--band); } .grid { stroke: var(--rule); }
.line { fill: none; stroke: var(--line); stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.limit { stroke: var(--limit); stroke-dasharray: 5 4; } .mark { stroke: var(--dim); stroke-dasharray: 1 3; }
footer { margin-top: 3rem; font-size: .85rem; }
@media print {
  :root { --ink: #000000; --dim: #444444; --paper: #ffffff; --rule: #bbbbbb; --band: #eeeeee; --line: #000000;
    --limit: #555555; }
  main { max-width: none; padding: 0; } h2, h3, figcaption { break-after: avoid; }
  figure, tr, li { break-inside: avoid; } .wide { overflow: visible; }
}
"""
