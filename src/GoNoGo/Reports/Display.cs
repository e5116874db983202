using System.Globalization;
using GoNoGo.Evaluation.Metrics;
using GoNoGo.Reports.Html;

namespace GoNoGo.Reports;

/// <summary>Numbers as a reader wants them: fixed decimals, so that columns align, and never the machine's culture.</summary>
internal static class Display
{
    /// <summary>A score or threshold.</summary>
    public static string Score(double value) => double.IsFinite(value)
        ? value.ToString(
            Math.Abs(value) switch
            {
                0 => "F3",
                < 0.001 => "0.00E+0",
                < 100 => "F3",
                < 100_000 => "F1",
                _ => "0.000E+0",
            },
            CultureInfo.InvariantCulture)
        : value > 0 ? "infinite" : value < 0 ? "-infinite" : "no number";

    /// <summary>A score on the scale from 0 to 100, rounded down so that 50 says no-go.</summary>
    public static string Shown(double displayScore) => Math.Floor(displayScore).ToString("F0", CultureInfo.InvariantCulture);

    /// <summary>A metric, four decimals.</summary>
    public static string Metric(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    /// <summary>A share as a percentage with one decimal, in one piece at the end of a line.</summary>
    public static string Percent(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture) + "\u00a0%";

    /// <summary>A share that may be far below a percent, with two significant digits or so.</summary>
    public static string SmallPercent(double share) => (100 * share).ToString(share < 0.001 ? "0.000" : share < 0.01 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + "\u00a0%";

    /// <summary>A share that may be undefined.</summary>
    public static string Percent(MetricValue share) => share.Value is { } value ? Percent(value) : "undefined";

    /// <summary>A whole number.</summary>
    public static string Plain(long count) => count.ToString(CultureInfo.InvariantCulture);

    /// <summary>A count and its noun.</summary>
    public static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>A time span in the unit that fits.</summary>
    public static string Time(TimeSpan time) => time.TotalSeconds switch
    {
        < 1 => time.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture) + " ms",
        < 120 => time.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) + " s",
        _ => time.TotalMinutes.ToString("F1", CultureInfo.InvariantCulture) + " min",
    };

    /// <summary>As <see cref="Name"/>, for narrow columns: lines break behind <c>/</c> and <c>_</c> where they must.</summary>
    public static Markup BreakableName(string name)
    {
        string escaped = new HtmlBuilder().Add($"{name}").ToString();
        return new Markup($"<bdi>{escaped.Replace("/", "/<wbr>", StringComparison.Ordinal).Replace("_", "_<wbr>", StringComparison.Ordinal)}</bdi>");
    }

    /// <summary>A name from outside: escaped, and isolated so that right-to-left characters in it turn nothing around it.</summary>
    public static Markup Name(string name) => new HtmlBuilder().Add($"<bdi>{name}</bdi>").ToMarkup();
}
