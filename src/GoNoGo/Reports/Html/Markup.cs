namespace GoNoGo.Reports.Html;

/// <summary>Text that is HTML already and is written as it is; made by this project's own code only.</summary>
internal readonly record struct Markup(string Text)
{
    public static Markup Empty { get; } = new("");
}
