import { createHash } from 'node:crypto';
import { dashboardCss } from './dashboard-styles.ts';

const baseCss = `
:root {
  color-scheme: light dark;
  --paper: #faf9f6; --card: #ffffff; --ink: #1c232b; --soft: #56606b; --line: #dedbd3;
  --accent: #1d5c4d; --accent-ink: #ffffff; --wash: #eef3f0; --warn: #7a4b00; --warn-wash: #fdf3df; --bad: #8c2620; --bad-wash: #fbecea;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181b; --card: #1b2125; --ink: #e8e6e0; --soft: #a3acb3; --line: #323a40;
    --accent: #86cdb7; --accent-ink: #0e1a17; --wash: #1e2b28; --warn: #efc57a; --warn-wash: #2d2618; --bad: #f0a39c; --bad-wash: #321d1b;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font: 100%/1.55 var(--sans); background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; }
main { flex: 1; width: 100%; max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
main.narrow { max-width: 34rem; }
h1, h2, h3 { font-family: var(--serif); font-weight: 600; line-height: 1.2; margin: 0 0 .6em; text-wrap: balance; }
h1 { font-size: 1.9rem; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin-top: 2.2rem; }
h3 { font-size: 1.05rem; margin-top: 1.4rem; }
p, ul, ol, dl, table, form { margin: 0 0 1rem; }
ul, ol { padding-left: 1.2rem; }
a { color: var(--accent); text-underline-offset: .18em; }
.lead { color: var(--soft); font-size: 1.05rem; }
.small { font-size: .875rem; color: var(--soft); }
.name { overflow-wrap: anywhere; unicode-bidi: isolate; }
code, .code { font: .9em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
header.top { border-bottom: 1px solid var(--line); background: var(--card); }
header.top > div { max-width: 62rem; margin: 0 auto; padding: .9rem 1.25rem; display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; align-items: center; }
.brand { font: 600 1.15rem var(--serif); color: var(--ink); text-decoration: none; letter-spacing: .01em; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 0; padding: 0; }
nav a { color: var(--soft); text-decoration: none; padding: .3rem 0; display: inline-block; }
nav a:hover, nav a[aria-current] { color: var(--ink); box-shadow: inset 0 -2px var(--accent); }
.who { margin-left: auto; display: flex; gap: 1rem; align-items: center; color: var(--soft); font-size: .9rem; }
.who form { margin: 0; }
.prose { max-width: 44rem; }
del { color: var(--soft); }
ins { background: var(--wash); text-decoration: none; }
span.status + * { margin-left: .3rem; }
.promise { border-top: 1px solid var(--line); padding: .8rem 0; }
.promise h3 { font: 600 1rem/1.4 var(--sans); margin: 0 0 .3rem; }
.promise p, .promise details { margin: 0 0 .3rem; }
summary { cursor: pointer; color: var(--accent); }
footer { border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }
footer p { max-width: 62rem; margin: 0 auto; padding: 1.25rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1.25rem 1.4rem; margin: 0 0 1.25rem; }
label { display: block; font-weight: 600; margin-bottom: .3rem; }
.field { margin: 0 0 1.1rem; }
input[type=text], input[type=email], input[type=password], input[type=search], input[type=date], select, textarea {
  width: 100%; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); border-radius: 6px; padding: .6rem .75rem; min-height: 2.75rem;
}
input[type=checkbox] { width: 1.2rem; height: 1.2rem; accent-color: var(--accent); margin: .15rem 0 0; flex: none; }
button, .button {
  font: 600 1rem/1.2 var(--sans); border-radius: 6px; border: 1px solid var(--accent); padding: .75rem 1.3rem; min-height: 2.75rem; cursor: pointer;
  background: var(--accent); color: var(--accent-ink); text-decoration: none; display: inline-flex; align-items: center; justify-content: center;
}
button.quiet, .button.quiet { background: transparent; color: var(--ink); border-color: var(--soft); }
button.danger, .button.danger { background: transparent; color: var(--bad); border-color: var(--bad); }
button.link { background: none; border: 0; padding: .3rem 0; min-height: 0; color: var(--soft); font-weight: 400; font-size: .9rem; text-decoration: underline; }
button:hover, .button:hover { filter: brightness(.95); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 0; }
.notice { border-left: 4px solid var(--accent); background: var(--wash); padding: .8rem 1rem; border-radius: 0 6px 6px 0; margin: 0 0 1.25rem; }
.notice.warning { border-color: var(--warn); background: var(--warn-wash); }
.notice.bad { border-color: var(--bad); background: var(--bad-wash); }
.notice > :last-child, .card > :last-child { margin-bottom: 0; }
.empty { text-align: center; color: var(--soft); border: 1px dashed var(--line); border-radius: 8px; padding: 2.5rem 1rem; }
.empty > :last-child { margin-bottom: 0; }
dl.facts { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .35rem 1.25rem; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.table { overflow-x: auto; margin: 0 0 1.5rem; }
table { border-collapse: collapse; width: 100%; margin: 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: .9rem; padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .65rem .9rem .65rem 0; border-bottom: 1px solid var(--line); }
th { font-size: .82rem; color: var(--soft); font-weight: 600; }
ul.scopes { list-style: none; padding: 0; border-top: 1px solid var(--line); }
ul.scopes li { border-bottom: 1px solid var(--line); }
ul.scopes label { display: flex; gap: .8rem; padding: .8rem 0; font-weight: 400; margin: 0; cursor: pointer; }
ul.scopes b { font-weight: 600; }
.fields-of > span { display: block; margin-top: .15rem; }
b.new { display: inline-block; border: 1px solid var(--warn); color: var(--warn); border-radius: .3rem; padding: 0 .4rem; font-size: .78rem; font-weight: 600; line-height: 1.5; vertical-align: .08em; }
td form { margin: 0; }
tr:has(td form) td { vertical-align: middle; }
@media (max-width: 36rem) {
  main { padding-top: 1.5rem; }
  h1 { font-size: 1.6rem; }
  .who { margin-left: 0; width: 100%; justify-content: space-between; }
  .actions > * { flex: 1 1 100%; }
  dl.facts { grid-template-columns: 1fr; }
  dl.facts dd { margin-bottom: .5rem; }
}
@media print { header.top nav, .who form, .actions { display: none; } }
@media (prefers-reduced-motion: no-preference) { button, .button, nav a { transition: filter .15s, color .15s; } }
`;

const css = `${baseCss}${dashboardCss}`;

/** The one stylesheet of all pages. Its address changes with its content, so that it may be kept for ever. */
export const stylesheet = { css, path: `/assets/${createHash('sha256').update(css).digest('hex').slice(0, 16)}.css` };
