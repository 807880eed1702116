/** The rules of the home page and the dashboard; they follow the base rules in styles.ts. */
export const dashboardCss = `
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.eyebrow, .back { color: var(--soft); font-size: .9rem; margin-bottom: .6rem; }
.hero { max-width: 44rem; margin: 1rem 0 3.5rem; }
.hero h1 { font-size: clamp(1.9rem, 1.3rem + 2.6vw, 2.9rem); line-height: 1.12; }
.hero .lead { font-size: 1.15rem; }
.endpoint-box { border: 1px solid var(--line); border-radius: 8px; background: var(--card); padding: .9rem 1.1rem; margin: 1.75rem 0 0; }
.endpoint-box .small { display: block; margin-bottom: .15rem; }
li code, td code { background: var(--wash); border-radius: 4px; padding: .08em .35em; }
code.endpoint { font-size: 1.05rem; user-select: all; }
.three { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1.5rem 2.5rem; border-block: 1px solid var(--line); padding: 2rem 0 1rem; margin-bottom: 3rem; }
.three h2 { margin: 0 0 .35rem; font-size: 1.15rem; }
.three p { color: var(--soft); }
.clients { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.25rem; margin: 1.25rem 0 0; }
.clients .card { margin: 0; }
.clients h3 { margin-top: 0; font-size: 1.15rem; }
.clients ol { margin: 0; padding-left: 1.15rem; }
.clients li + li { margin-top: .4rem; }
.clients li::marker { color: var(--soft); font-variant-numeric: tabular-nums; }
.never { columns: 17rem; column-gap: 2.5rem; color: var(--soft); }
.never li { break-inside: avoid; margin-bottom: .25rem; }
h1 + .lead { margin-bottom: 1.75rem; }
.app-heading { display: grid; grid-template-columns: auto 1fr auto; gap: .1rem .9rem; align-items: center; margin-bottom: 1rem; }
.app-heading h1, .app-heading h2, .app-heading h3 { margin: 0; }
.app-heading h1 { font-size: 1.6rem; }
.tile {
  width: 2.5rem; height: 2.5rem; border-radius: 8px; background: var(--wash); color: var(--accent); font: 600 1.15rem/1 var(--serif);
  display: grid; place-items: center; overflow: hidden;
}
.status { font-size: .82rem; font-weight: 600; white-space: nowrap; display: inline-flex; align-items: center; gap: .45rem; color: var(--soft); }
.status::before { content: ""; width: .5rem; height: .5rem; border-radius: 50%; background: currentColor; flex: none; }
.status.plain { font-weight: 400; }
.status.plain::before { display: none; }
.status.good { color: var(--accent); }
.status.waiting { color: var(--warn); }
.status.over { color: var(--bad); }
dl.strip { display: flex; flex-wrap: wrap; gap: .6rem 2.25rem; margin: 0 0 1rem; }
dl.strip dt { color: var(--soft); font-size: .82rem; }
dl.strip dd { margin: 0; overflow-wrap: anywhere; }
dl.strip b { font-weight: 600; }
ol.history { padding: 0; list-style: none; border-top: 1px solid var(--line); }
ol.history li { padding: .6rem 0; border-bottom: 1px solid var(--line); }
ol.history .small { display: block; }
.unverified { color: var(--warn); font-weight: 600; }
summary { cursor: pointer; padding: .6rem 0; border-radius: 3px; }
summary::marker { color: var(--soft); }
details.asks { border-block: 1px solid var(--line); }
details.asks summary { font-weight: 600; }
details.asks form { padding: .25rem 0 .75rem; }
details.asks ul.scopes { border-top: 0; columns: 20rem; column-gap: 2.25rem; margin-bottom: .75rem; }
details.asks ul.scopes li { break-inside: avoid; }
details.asks ul.scopes label { padding: .65rem 0; }
.delicate { display: block; font-weight: 400; font-size: .875rem; color: var(--warn); margin: .1rem 0 0 1.05rem; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
legend { padding: 0; margin-bottom: .25rem; }
.actions form { margin: 0; }
.app > .actions { margin-top: 1.1rem; }
.app button, .app .button, .all button, .pager .button { padding: .55rem 1.1rem; font-size: .95rem; }
button.danger:hover { background: var(--bad-wash); filter: none; }
button.quiet:hover, .button.quiet:hover { background: var(--wash); filter: none; }
.all { display: flex; flex-wrap: wrap; gap: .75rem 2rem; align-items: center; justify-content: space-between; border-top: 1px solid var(--line); margin-top: 2.25rem; padding-top: 1.5rem; }
.all h2 { margin: 0 0 .15rem; font-size: 1.05rem; }
.all p, .all form { margin: 0; }
.past { border-top: 1px solid var(--line); margin-top: 1.75rem; padding-top: .75rem; }
.past summary h2 { display: inline; margin: 0; font-size: 1.05rem; }
.count { color: var(--soft); font-variant-numeric: tabular-nums; }
ul.rows { list-style: none; padding: 0; }
ul.rows li { padding: 1.1rem 0; border-bottom: 1px solid var(--line); }
.rows .tile { filter: grayscale(1); }
.card > h2:first-child { margin-top: 0; }
.verified { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 0 1.6rem 1.4rem; margin: 0 0 2rem; overflow: hidden; }
.verdict { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .1rem 1rem; margin: 0 -1.6rem 1.8rem; padding: .8rem 1.6rem; background: var(--wash); color: var(--accent); }
.verdict span { color: var(--soft); font-size: .9rem; align-self: center; }
.verdict.waiting { background: var(--warn-wash); color: var(--warn); }
.verdict.over { background: var(--bad-wash); color: var(--bad); }
.verified .eyebrow { margin: 0; }
.recipient { font: 600 clamp(1.5rem, 1.2rem + 1.6vw, 2rem)/1.25 var(--serif); margin: 0 0 .4rem; overflow-wrap: anywhere; }
.verified h1 { font-size: 1.25rem; margin: 0 0 1.6rem; padding-bottom: 1.4rem; border-bottom: 1px solid var(--line); }
.verified dl { margin: 0; }
.noted { color: var(--soft); font-size: .9rem; }
.noted + .noted { margin-top: 2rem; }
.noted h2 { font-size: 1.05rem; margin: 0 0 .6rem; color: var(--ink); }
.noted li { margin: .1rem 0; }
form.toggle { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; justify-content: space-between; margin: 0; }
form.toggle .status { margin-left: 1rem; }
form.toggle button { padding: .55rem 1.1rem; font-size: .95rem; }
ul.periods { list-style: none; margin: 0; padding: 0; }
.domain-heading { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: baseline; justify-content: space-between; margin-bottom: .8rem; }
.domain-heading h2 { margin: 0; font-size: 1.15rem; }
label.understood { display: flex; gap: .7rem; font-weight: 400; margin: 1.25rem 0 0; }
.filters { margin: 0 0 1.5rem; }
.filters ul { gap: .5rem; }
.filters a { border: 1px solid var(--line); border-radius: 999px; padding: .45rem 1rem; background: var(--card); }
.filters a:hover { box-shadow: none; border-color: var(--soft); }
.filters a[aria-current] { box-shadow: none; border-color: var(--accent); background: var(--wash); color: var(--ink); font-weight: 600; }
.answer h2 { margin-top: 0; font-size: 1.15rem; }
.answer > :last-child { margin-bottom: 0; }
.tellings { list-style: none; padding: 0; }
.tellings li { display: flex; flex-wrap: wrap; gap: .1rem 1rem; padding: .45rem 0; border-bottom: 1px solid var(--line); }
.tellings time { min-width: 6.5rem; color: var(--soft); }
.tellings a { overflow-wrap: anywhere; }
.asking { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; }
.asking select { flex: 1 1 14rem; min-width: 0; width: auto; }
td time { white-space: nowrap; }
td .fields { display: flex; flex-wrap: wrap; gap: .25rem .4rem; }
.told caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (min-width: 44.01rem) { td code { overflow-wrap: normal; } td a.name { display: block; min-width: 8.5rem; } }
td:nth-last-child(-n+3) { white-space: nowrap; }
tbody tr:hover td { background: color-mix(in srgb, var(--wash) 55%, transparent); }
.pager { display: flex; gap: .75rem; margin: 0 0 1.5rem; }
.empty h2 { margin-top: 0; }
.heads { list-style: none; padding: 0; border-top: 1px solid var(--line); }
.heads li { border-bottom: 1px solid var(--line); padding: .75rem 0; }
.heads code, .heads .small { display: block; }
.heads code { background: none; padding: 0; }
@media (max-width: 44rem) {
  .table { overflow: visible; }
  table, thead, tbody, tr, td, caption { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { border: 1px solid var(--line); border-radius: 8px; background: var(--card); padding: .5rem 1rem; margin-bottom: .85rem; }
  tbody td, td:nth-last-child(-n+3) { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: .75rem; padding: .35rem 0; border: 0; white-space: normal; overflow-wrap: anywhere; }
  tbody td::before { content: attr(data-label); color: var(--soft); font-size: .875rem; }
  tbody tr:hover td { background: none; }
  td > code { justify-self: start; }
  .told tbody tr { display: grid; grid-template-columns: 1fr 1fr; column-gap: 1rem; padding: .75rem 1rem; }
  .told tbody td { grid-column: 1 / -1; order: 2; grid-template-columns: 5.5rem minmax(0, 1fr); }
  .told td:first-child, .told td:last-child { order: 1; grid-column: auto; grid-template-columns: 1fr; font-weight: 600; }
  .told td:last-child { justify-self: end; }
  .told td:first-child::before, .told td:last-child::before { display: none; }
  .told td:nth-last-child(2), .told td:nth-last-child(3) { grid-column: auto; }
  .told td:nth-last-child(2) { grid-template-columns: auto minmax(0, 1fr); }
}
@media (max-width: 36rem) {
  .hero { margin: 0 0 2.5rem; }
  .app-heading { grid-template-columns: auto 1fr; align-items: start; }
  .app-heading .tile { grid-row: span 2; }
  .app-heading h1, .app-heading h2 { font-size: 1.25rem; }
  .app > .actions > form { flex: 1 1 8rem; }
  .app > .actions button { width: 100%; }
  .app > .actions a { text-align: center; }
  .all form, .all button { width: 100%; }
  dl.facts dd { margin-bottom: .6rem; }
}
`;
