namespace GoNoGo.Reports.Html;

/// <summary>The style of contact sheets, in addition to <see cref="ReportStyle"/>.</summary>
internal static class ThumbnailStyle
{
    public const string Css = """

        .sheet { display: grid; grid-template-columns: repeat(8, 1fr); gap: 10px 8px; margin: 8px 0 16px; align-items: start; }
        .sheet figure { break-inside: avoid; min-width: 0; }
        .sheet img, .sheet .none { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--wash); border: 1px solid var(--line); }
        .sheet .none { display: flex; align-items: center; justify-content: center; color: var(--soft); font-size: 12px; text-align: center; }
        .sheet figcaption { font-size: 11.5px; line-height: 1.3; color: var(--soft); margin-top: 3px; overflow-wrap: anywhere; }
        .sheet .group { margin-left: -6px; border-left: 3px solid var(--accent); padding-left: 3px; }
        .sheet .group.bad { border-left-color: var(--bad); }
        @media screen and (max-width: 860px) { .sheet { grid-template-columns: repeat(4, 1fr); } }
        """;
}
