using System.Diagnostics;
using System.Globalization;

namespace GoNoGo.Cli.Terminals;

/// <summary>Measures how fast counted work goes, from its first report on.</summary>
internal sealed class Rate
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary><c>120 of 1000, 23.4/s, 38 s left</c></summary>
    public string Text(int done, int all)
    {
        double perSecond = done / Math.Max(_clock.Elapsed.TotalSeconds, 1e-6);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{done} of {all}, {Number(perSecond)}/s, {Duration(TimeSpan.FromSeconds((all - done) / Math.Max(perSecond, 1e-6)))} left");
    }

    /// <summary>A rate with three digits or so.</summary>
    public static string Number(double perSecond) =>
        perSecond.ToString(perSecond >= 100 ? "F0" : perSecond >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);

    /// <summary>A duration as people say it: <c>0.4 s</c>, <c>12 s</c>, <c>3 min 05 s</c>, <c>2 h 10 min</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        double seconds = Math.Max(0, time.TotalSeconds);
        return seconds switch
        {
            < 10 => string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} s"),
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:F0} s"),
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60:D2} s"),
            < 3600 * 1000 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 3600)} h {(int)(seconds / 60) % 60:D2} min"),
            _ => "long",
        };
    }
}
