"""The style sheet of ``verify.html``: light and dark, wide and narrow, nothing from the net."""

STYLE = """
:root { color-scheme: light dark; --paper: #fcfcfa; --card: #ffffff; --ink: #1d2127; --soft: #5d6672; --line: #dfe2e6;
  --good: #1a7f4b; --bad: #b3261e; --bar: #3d6fb4; --bar2: #8fb1de; --track: #e8ebef; --mark: #b0641a;
  --goodbg: #e3f4ea; --badbg: #fbe6e4; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --card: #1c2026; --ink: #e6e9ee; --soft: #9aa4b1;
  --line: #2d333c; --good: #5fcf94; --bad: #ff8a80; --bar: #6f9fe0; --bar2: #3d5f8f; --track: #2a3038; --mark: #e0a35e;
  --goodbg: #16332a; --badbg: #3d1f1d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 980px; margin: 0 auto; padding: 28px 20px 48px; }
h1 { font-size: 24px; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 34px 0 10px; }
p { margin: 6px 0; }
.soft, small { color: var(--soft); }
.verdict { border-radius: 10px; padding: 14px 18px; margin: 16px 0; font-size: 17px; font-weight: 600; }
.verdict.good { background: var(--goodbg); color: var(--good); }
.verdict.bad { background: var(--badbg); color: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 8px; margin: 0; }
.facts div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 8px 12px; }
.facts dt { color: var(--soft); font-size: 12px; }
.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; }
th, td { text-align: left; padding: 6px 10px; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: 12.5px; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
code { font: 12.5px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; }
.fault { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 8px;
  padding: 8px 14px; margin: 8px 0; overflow-wrap: anywhere; }
.fault dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 10px; margin: 4px 0 0; }
.fault dt { color: var(--soft); } .fault dd { margin: 0; min-width: 0; }
svg { display: block; width: 100%; height: 12px; }
svg .track { fill: var(--track); } svg .bar { fill: var(--bar); } svg .bar2 { fill: var(--bar2); }
svg .mark { fill: var(--mark); }
details summary { cursor: pointer; color: var(--soft); margin: 8px 0; }
li { margin: 4px 0; }
.bars { width: 30%; min-width: 120px; }
@media (max-width: 640px) {
  main { padding: 18px 12px 36px; }
  table.fold thead { display: none; }
  table.fold, table.fold tbody, table.fold tr, table.fold td { display: block; width: 100%; }
  table.fold tr { border-top: 1px solid var(--line); padding: 8px 0; }
  table.fold tr:first-child { border-top: 0; }
  table.fold td { border: 0; padding: 1px 12px; }
  table.fold td.n { text-align: left; display: inline-block; width: auto; padding-right: 0; font-size: 13.5px; }
  table.fold td[data-h]::before { content: attr(data-h) ": "; color: var(--soft); }
}
"""
