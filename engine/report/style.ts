/**
 * The style of the page. Every colour of text keeps a contrast of at least 4.5 to what it stands on, in light and dark; no meaning is
 * carried by colour alone, and no sign needs a font that has it. Nothing is wider than a phone of 360 pixels: tables drop what is not
 * needed there.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #fff; --edge: #dde2e8; --text: #1a2028; --muted: #525d6b; --line: #2a5fb4; --area: #2a5fb41f;
  --healthy: #0a6637; --healthy-soft: #e2f3e9; --warning: #7a4900; --warning-soft: #fdefd2;
  --critical: #a3131f; --critical-soft: #fde6e6; --unknown: #464f5d; --unknown-soft: #e8ebef;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --card: #171c23; --edge: #2b333e; --text: #e7eaef; --muted: #a5aebb; --line: #82b1ff; --area: #82b1ff24;
    --healthy: #7ddba9; --healthy-soft: #11301f; --warning: #f3c570; --warning-soft: #372a0a;
    --critical: #ffa0a3; --critical-soft: #40171a; --unknown: #c6cdd7; --unknown-soft: #272e38;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 76rem; padding: 0 1rem 3rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  overflow-wrap: anywhere; font-variant-numeric: tabular-nums;
}
h1 { font-size: clamp(1.5rem, 1.1rem + 2vw, 2.25rem); line-height: 1.2; margin: .25rem 0 .75rem; text-wrap: balance; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1.0625rem; margin: 0; }
p { margin: .25rem 0; }
ul { margin: .5rem 0; padding-left: 1.25rem; }
dl { margin: 0; }
dd { margin: 0; }
small, .muted, dt, footer { color: var(--muted); font-size: .8125rem; font-weight: 400; }
a { color: inherit; }
:focus-visible { outline: 2px solid var(--line); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: .75rem; padding: 1.125rem 1.25rem; }
article.card + article.card { margin-top: 1rem; }
.card > header { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; justify-content: space-between; }
.calm { color: var(--muted); }

.head { margin: 1.25rem 0 1.5rem; padding: 1.5rem; border-radius: 1rem; border: 1px solid var(--edge); background: var(--card); }
.head p { max-width: 60rem; }
.head > .badge { margin-bottom: .75rem; }
.head.healthy { background: var(--healthy-soft); border-color: transparent; }
.head.warning { background: var(--warning-soft); border-color: transparent; }
.head.critical { background: var(--critical-soft); border-color: transparent; }
.head.unknown { background: var(--unknown-soft); border-color: transparent; }
.head.healthy h1 { color: var(--healthy); }
.head.warning h1 { color: var(--warning); }
.head.critical h1 { color: var(--critical); }
.head .muted { color: var(--text); }

.badge {
  display: inline-block; padding: .0625rem .625rem; border-radius: 1rem; font-size: .8125rem; font-weight: 600;
  color: var(--unknown); background: var(--unknown-soft);
}
.badge.healthy { color: var(--healthy); background: var(--healthy-soft); }
.badge.warning { color: var(--warning); background: var(--warning-soft); }
.badge.critical { color: var(--critical); background: var(--critical-soft); }
.head .badge { background: var(--card); }
.sign { display: inline-block; min-width: 1.25em; font-weight: 700; color: var(--unknown); }
.sign.healthy { color: var(--healthy); }
.sign.warning { color: var(--warning); }
.sign.critical { color: var(--critical); }
.badge::before, .sign::before { content: '?'; content: '?' / ''; }
.healthy::before {
  content: ''; display: inline-block; width: .3em; height: .65em; margin: 0 .375em .1em .125em;
  border: solid; border-width: 0 .15em .15em 0; transform: rotate(40deg);
}
.badge::before { margin-right: .375rem; }
.warning::before { content: '!'; content: '!' / ''; }
.critical::before { content: '\\d7'; content: '\\d7' / ''; }
.head::before { content: none; }

.notice { border-left: .375rem solid var(--unknown); margin-bottom: 1rem; }
.notice h2 { margin: 0; font-size: 1.0625rem; }
.overview { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .75rem; }
.overview a { display: grid; grid-template-columns: 1fr auto; align-items: center; text-decoration: none; font-weight: 600; padding: .75rem 1rem; }
.overview a:hover { border-color: var(--line); }
.overview small { grid-row: 2; }
.overview .badge { grid-row: 1 / 3; grid-column: 2; }

.reasons li::first-letter { text-transform: uppercase; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: 1rem 1.5rem; margin-top: 1rem; }
.tile b { font-size: 1.125rem; font-weight: 600; }
.tile small { display: block; }
.tile .none { color: var(--muted); }
.tile .note { color: var(--warning); }
.bar { display: block; width: 100%; height: 4px; margin-top: .375rem; border-radius: 2px; }
.bar path { stroke-width: 4; stroke: var(--unknown); }
.bar .healthy { stroke: var(--healthy); }
.bar .warning { stroke: var(--warning); }
.bar .critical { stroke: var(--critical); }
.bar .track { stroke: var(--edge); }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin-top: 1rem; }
.facts:empty { display: none; }
details { margin-top: .75rem; }
summary { cursor: pointer; font-size: .875rem; min-height: 1.5rem; line-height: 1.5rem; }
.findings ul { list-style: none; padding: 0; }
.findings li + li { margin-top: .375rem; }
.alarms { list-style: none; }
.alarms li + li { margin-top: .75rem; padding-top: .75rem; border-top: 1px solid var(--edge); }

.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16.5rem), 1fr)); gap: 1.25rem 1.5rem; margin-top: 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--edge); }
.charts:empty { display: none; }
.chart { margin: 0; min-width: 0; }
.chart figcaption { display: flex; justify-content: space-between; gap: 1rem; font-size: .875rem; }
.chart figcaption b { white-space: nowrap; font-weight: 600; }
.chart svg { display: block; width: 100%; max-width: 28rem; height: auto; }
.chart text { font-size: 11px; fill: var(--muted); }
.chart .grid { stroke: var(--edge); }
.chart .line { fill: none; stroke: var(--line); stroke-width: 1.75; stroke-linejoin: round; }
.chart .area { fill: var(--area); }
.chart .dot { fill: var(--line); }
.chart .limit { stroke: var(--critical); stroke-dasharray: 4 3; }
.chart .limit-word { fill: var(--critical); }
.chart details { margin-top: 0; }
.chart summary { color: var(--muted); font-size: .8125rem; }

.drills { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
.drills article.card + article.card { margin: 0; }

table { width: 100%; border-collapse: collapse; font-size: .875rem; }
th, td { padding: .375rem .5rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--edge); font-weight: 400; }
thead th { color: var(--muted); font-size: .8125rem; }
.chart td, .chart th + th, .tenants .wide { text-align: right; white-space: nowrap; }
.part { background: var(--card); padding: 0 .75rem; }
.full { content-visibility: auto; contain-intrinsic-size: auto 11600px; }
.tenants { table-layout: fixed; }
.tenants th:first-child { width: 34%; }
.tenants tbody th { font-weight: 600; }
.tenants small { display: block; }
.filter { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: end; margin: .75rem 0; }
.filter[hidden], .part[hidden], tr[hidden] { display: none; }
.filter label { font-size: .8125rem; color: var(--muted); display: grid; gap: .25rem; }
input, select { font: inherit; font-size: 1rem; color: var(--text); background: var(--card); border: 1px solid var(--muted); border-radius: .5rem; padding: .375rem .625rem; max-width: 100%; }
footer { margin-top: 3rem; border-top: 1px solid var(--edge); padding-top: 1rem; }

@media (max-width: 40rem) {
  body { padding: 0 .625rem 2rem; }
  .head { padding: 1.125rem; }
  .card { padding: .875rem; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; }
  .tenants .wide { display: none; }
  .tenants th:first-child { width: 30%; }
  .tenants th:nth-child(2) { width: 29%; }
  .part { padding: 0; }
  .part, table { font-size: .8125rem; }
  th, td { padding: .375rem .25rem; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --card: #fff; --edge: #c9ced6; --text: #000; --muted: #444; --line: #1f4e99; --area: #0000;
    --healthy: #0a6637; --warning: #7a4900; --critical: #a3131f; --unknown: #464f5d;
    --healthy-soft: #fff; --warning-soft: #fff; --critical-soft: #fff; --unknown-soft: #fff;
  }
  body { max-width: none; font-size: 10pt; }
  .filter, .chart details, .overview { display: none; }
  .full { content-visibility: visible; }
  .card, .chart { break-inside: avoid; }
  article.card { break-inside: auto; }
  h2, h3 { break-after: avoid; }
}
`;
