"""What ``verify.html`` adds to the common style of pages."""

STYLE = """
main { max-width: 980px; margin: 0 auto; padding: 28px 20px 48px; }
.verdict { border-radius: 10px; padding: 14px 18px; margin: 16px 0; font-size: 17px; font-weight: 600; }
.verdict.good { background: var(--goodbg); color: var(--good); }
.verdict.bad { background: var(--badbg); color: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 8px; margin: 0; }
.facts div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 8px 12px; }
.facts dt { color: var(--soft); font-size: 12px; }
.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.fault { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 8px;
  padding: 8px 14px; margin: 8px 0; overflow-wrap: anywhere; }
.fault dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 10px; margin: 4px 0 0; }
.fault dt { color: var(--soft); } .fault dd { margin: 0; min-width: 0; }
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
