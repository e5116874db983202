namespace GoNoGo.Reports.Html;

/// <summary>The page's style sheet: one column that also fits a sheet of paper, dark on white, one accent colour for each meaning.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { --ink: #1b2430; --soft: #566273; --line: #d9dee6; --wash: #f5f7f9; --good: #1d6f8c; --bad: #b3362b; --accent: #27405f; }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; color: var(--ink); background: #fff; font: 15px/1.5 "Segoe UI", system-ui, -apple-system, Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
        main { max-width: 1120px; margin: 0 auto; padding: 40px 28px 64px; }
        h1 { font-size: 30px; line-height: 1.2; margin: 4px 0 6px; font-weight: 600; overflow-wrap: anywhere; }
        h2 { font-size: 20px; font-weight: 600; margin: 44px 0 6px; padding-top: 14px; border-top: 2px solid var(--accent); }
        h3 { font-size: 15px; font-weight: 600; margin: 26px 0 6px; }
        p { margin: 6px 0 12px; max-width: 76ch; }
        .eyebrow { color: var(--soft); font-size: 13px; letter-spacing: .06em; text-transform: uppercase; }
        .soft, .caption { color: var(--soft); }
        .caption { font-size: 13px; }
        .lead { font-size: 18px; line-height: 1.45; max-width: 68ch; margin: 18px 0 6px; }
        .tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 14px; margin: 22px 0 10px; }
        .tile { border: 1px solid var(--line); border-radius: 6px; padding: 14px 16px; }
        .tile b { display: block; font-size: 26px; line-height: 1.2; font-weight: 600; }
        .tile .label { font-size: 13px; color: var(--soft); }
        .tile .more { font-size: 13px; margin-top: 4px; }
        .tile.good { border-top: 4px solid var(--good); } .tile.bad { border-top: 4px solid var(--bad); } .tile.plain { border-top: 4px solid var(--accent); }
        .notes { background: var(--wash); border-left: 4px solid var(--accent); padding: 10px 16px; margin: 18px 0; }
        .notes ul { margin: 4px 0; padding-left: 18px; } .notes li { margin: 3px 0; overflow-wrap: anywhere; }
        table { border-collapse: collapse; width: 100%; margin: 8px 0 14px; font-size: 14px; }
        th, td { text-align: left; vertical-align: top; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); }
        th { font-weight: 600; } thead th { color: var(--soft); font-size: 13px; border-bottom: 1px solid var(--soft); }
        td.n, th.n { text-align: right; white-space: nowrap; }
        td.wide { overflow-wrap: anywhere; }
        td.middle, tr.middle td, tr.middle th { vertical-align: middle; }
        tr.group th { background: var(--wash); padding-left: 8px; }
        code { font: 12.5px/1.4 ui-monospace, "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace; color: #3a4656; }
        .confusion { width: auto; } .confusion td, .confusion th { padding: 10px 22px 10px 12px; vertical-align: middle; }
        .confusion td b { display: block; font-size: 20px; font-weight: 600; }
        .right { background: #eaf3f6; } .wrong { background: #fbeeec; }
        .columns { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 40px; align-items: start; }
        .charts { display: grid; grid-template-columns: repeat(3, 1fr); gap: 26px; }
        figure { margin: 0; } figure h3 { margin-top: 10px; }
        svg { display: block; width: 100%; height: auto; }
        svg text { font-family: inherit; font-size: 12px; fill: var(--soft); }
        .strip { width: 340px; max-width: 100%; }
        .parts { display: grid; grid-template-columns: 1fr 1fr; gap: 26px 32px; margin: 12px 0 8px; }
        .part { break-inside: avoid; }
        .three { display: grid; grid-template-columns: repeat(3, 1fr); gap: 5px; }
        .three img, .three .none { display: block; width: 100%; height: auto; aspect-ratio: var(--ratio, 1); background: var(--wash); }
        .three .none { display: flex; align-items: center; justify-content: center; color: var(--soft); font-size: 13px; border: 1px dashed var(--line); text-align: center; }
        .part figcaption { display: grid; grid-template-columns: auto 1fr auto; gap: 0 10px; font-size: 13px; margin-top: 6px; align-items: baseline; }
        .part .name { grid-column: 1 / -1; color: var(--soft); overflow-wrap: anywhere; }
        .part .defects { grid-column: 1 / -1; margin: 4px 0 0; font-size: 12.5px; } .part .defects td, .part .defects th { padding: 2px 10px 2px 0; font-size: 12.5px; }
        .badge { font-weight: 600; font-size: 12px; padding: 1px 8px; border-radius: 3px; color: #fff; background: var(--soft); white-space: nowrap; }
        .badge.go { background: var(--good); } .badge.nogo { background: var(--bad); }
        .colorbar { max-width: 560px; margin: 10px 0 4px; }
        footer { margin-top: 48px; border-top: 1px solid var(--line); padding-top: 12px; color: var(--soft); font-size: 13px; }
        @media screen and (max-width: 860px) { .tiles { grid-template-columns: 1fr 1fr; } .charts, .columns, .parts { grid-template-columns: 1fr; } }
        @media print {
          @page { margin: 14mm; }
          body { font-size: 11px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          main { max-width: none; padding: 0; }
          h2 { margin-top: 24px; } h2, h3 { break-after: avoid; }
          table, figure, .tiles, .notes { break-inside: avoid; } table.long { break-inside: auto; } tr { break-inside: avoid; }
          table, .caption, .tile .label, .tile .more, .part figcaption { font-size: 10.5px; } code { font-size: 10px; } th, td { padding: 4px 9px 4px 0; }
          .lead { font-size: 14px; } .tile b { font-size: 19px; }
        }
        """;
}
